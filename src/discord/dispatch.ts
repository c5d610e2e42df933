import { setTimeout as sleep } from 'node:timers/promises'
import { MessageFlags, type AutocompleteInteraction, type BaseInteraction } from 'discord.js'
import type { Reply } from '../command.ts'
import type { App } from '../context.ts'
import { errorMessage, reportError } from '../error-messages.ts'
import { NotSharedError, SongError, UserError } from '../errors.ts'
import { say, type Translate } from '../i18n.ts'
import type { Log } from '../log.ts'
import type { InteractionOutcome, SeenInteraction } from '../metrics.ts'
import { StoreFullError, StoreReadOnlyError } from '../store/store.ts'
import { linkOffer, ownAppOffer } from '../views/link-offer.ts'
import { removalNews } from '../views/moderation.ts'
import { refusal } from '../views/share-request.ts'
import { useCallbackRoute, type InlineResponses } from './client.ts'
import { optionsFit, typedSoFar, type KnownInteraction } from './known-interactions.ts'
import type { Commands, LoadedCommand } from './load.ts'
import { isGone } from './gone.ts'
import { inTime, payloadOf, sendReply, type Deferral, type RepliableInteraction } from './reply.ts'

/** From receipt to what Discord has to be sent by then, in milliseconds. People see choices while they type. */
export const usualDeadlines = { acknowledge: 800, autocomplete: 250 }
export type Deadlines = typeof usualDeadlines

/** What is to be done, and how it is announced when it takes long. */
type Plan = { readonly readOnly: boolean; readonly deferral: Deferral; execute(): Promise<Reply> }
// Twice as long as a signed request is young, because its timestamp may lie ahead of this machine's clock.
const replaysRemembered = 10 * 60_000

/** Takes every interaction to its command and sees to it that it is answered. Never rejects. */
export function createDispatch(
  commands: Commands,
  app: App,
  responses: InlineResponses,
  log: Log,
  signal: AbortSignal,
  deadlines = usualDeadlines,
) {
  return async (interaction: KnownInteraction, overHttp: boolean): Promise<void> => {
    const receivedAt = performance.now()
    const since = (): number => performance.now() - receivedAt
    const { id, user, guildId } = interaction
    // Somebody who does something in a server is a member of it.
    if (guildId !== null) app.membership.saw(user.id, guildId)
    const useCallback = (): void => useCallbackRoute(responses, id)
    const [command, kind] = targetOf(interaction)
    const about = { interaction: id, command: command?.data.name ?? 'unknown' }
    let outcome: InteractionOutcome = 'answered'
    let acknowledgedAfter: number | undefined
    const acknowledged = (): number => (acknowledgedAfter ??= since())
    const count = (): void =>
      app.metrics.interaction({ command: about.command, kind, outcome, acknowledgedAfter, endedAfter: since() })

    if (interaction.isAutocomplete()) {
      if (await complete(interaction, command, deadlines.autocomplete - since())) acknowledged()
      else outcome = 'unanswered'
      return count()
    }
    const planning = planFor(interaction, command)
    // What cannot be planned is answered with the reason.
    const { readOnly, deferral } = await planning.catch(() => unplanned)
    const once = overHttp && !readOnly ? isFirst(id) : undefined
    // Before any deferral: what is announced for a copy would be written over the first one's answer.
    if ((await once?.catch(() => undefined)) === false) return answerCopy(interaction)
    // One sentence for the person; the fault itself, under the reference that they are shown, for the operator.
    const apologise = async (error: unknown): Promise<Reply> => {
      outcome = 'refused'
      const t = app.languages.memo(interaction.locale)
      if (error instanceof NotSharedError) return { kind: 'message', ephemeral: true, ...refusal(error, t) }
      const { known, message, reference = '' } = reportError(error, log, { unexpected, ...about })
      if (!known || known.operator) outcome = 'failed'
      const isSaid = known || error instanceof SongError
      const content = isSaid ? say(t, message) : t('error.unexpected', { reference })
      const own = known?.ownAppHelps && (await ownAppOffer(app, interaction, t('button.ownApp')))
      const offer = own || (known?.linking && (await linkOffer(app, interaction, t(known.linking))))
      return { kind: 'message', ephemeral: true, content, ...offer }
    }
    // With a command, not with a press: what is said beside a song list goes under there.
    const hasNews = 'commandName' in interaction && app.roundups.hasNews(user.id)
    if (hasNews) useCallback()
    try {
      const work = Promise.all([planning, once]).then(([{ execute }]) => execute())
      const patience = deadlines.acknowledge - since()
      await sendReply(interaction, work, { deferral, patience, apologise, signal, useCallback, acknowledged })
    } catch (err) {
      outcome = 'unanswered'
      if (isGone(err)) log.warn({ err, interaction: id }, expired)
      else log.error({ err, interaction: id }, unanswered)
    }
    if (hasNews && outcome !== 'unanswered') await tellNews(interaction)
    count()
    // The next time it will do.
    await app.accounts.noteLocale(user.id, interaction.locale).catch(() => undefined)
  }

  /**
   * A copy of what came before, here or elsewhere, is not carried out. A balancer sends one when the first replica has
   * died over it: then nobody has acknowledged it by now, and nobody knows how much was done.
   */
  async function answerCopy(interaction: RepliableInteraction): Promise<void> {
    useCallbackRoute(responses, interaction.id)
    await sleep(deadlines.acknowledge + 200, undefined, { ref: false })
    const content = app.languages.memo(interaction.locale)('dispatch.interrupted')
    // Where it was acknowledged after all, Discord refuses this.
    await interaction.reply({ content, flags: MessageFlags.Ephemeral }).catch(() => undefined)
  }

  /** What a manager has done about them, once their command is answered. */
  async function tellNews({ id, user, locale, webhook }: RepliableInteraction): Promise<void> {
    const send = async (servers: readonly string[]) => {
      const body = payloadOf(await removalNews(app, servers, app.languages.memo(locale)))
      await webhook.send({ ...body, flags: MessageFlags.Ephemeral })
    }
    await app.roundups.tellNews(user.id, send).catch((err: unknown) => log.warn({ err, interaction: id }, untold))
  }

  /** A full store takes no note of it; what deletes is done all the same, and does no harm twice. So is what reads. */
  function isFirst(id: string): Promise<boolean> {
    const noted = app.store.create('replays', id, true, replaysRemembered)
    return noted.catch((error: unknown) => {
      if (error instanceof StoreFullError || error instanceof StoreReadOnlyError) return true
      throw error
    })
  }

  function targetOf(interaction: KnownInteraction): [LoadedCommand | undefined, SeenInteraction['kind']] {
    if (interaction.isAutocomplete()) return [commands.get(interaction.commandName), 'suggestions']
    if (interaction.isChatInputCommand()) return [commands.get(interaction.commandName), 'command']
    if (interaction.isContextMenuCommand()) {
      const { commandName } = interaction
      return [commands.values().find(({ contextMenus = {} }) => Object.hasOwn(contextMenus, commandName)), 'menu']
    }
    const [name = ''] = interaction.customId.split(':', 1)
    return [commands.get(name), interaction.isModalSubmit() ? 'dialog' : 'press']
  }

  /** In the language of those who read it: of the person who acts, or of the server. */
  function wordsFor({ locale, guildLocale }: BaseInteraction, isEphemeral: boolean): Translate {
    return app.languages.memo(isEphemeral ? locale : (guildLocale ?? locale))
  }

  async function planFor(interaction: RepliableInteraction, command: LoadedCommand | undefined): Promise<Plan> {
    if (interaction.isChatInputCommand()) {
      const subcommand = interaction.options.getSubcommand(false)
      const found = command?.find(subcommand)
      const { data } = interaction.options
      const given = subcommand === null ? data : (data[0]?.options ?? [])
      const isAlone = subcommand === null || data.length === 1
      if (!found || !isAlone || !optionsFit(found.data.options ?? [], given)) throw new UserError('dispatch.changed')
      const { readOnly, ephemeral } = found
      const isEphemeral = typeof ephemeral === 'boolean' ? ephemeral : ephemeral(interaction)
      const deferral = isEphemeral ? 'ephemeral message' : 'public message'
      return { readOnly, deferral, execute: () => found.execute(interaction, app, wordsFor(interaction, isEphemeral)) }
    }
    if (interaction.isContextMenuCommand()) {
      const menu = command?.contextMenus?.[interaction.commandName]
      if (!menu || menu.data.type !== interaction.commandType) throw new UserError('dispatch.changed')
      const { readOnly } = menu
      return {
        readOnly,
        deferral: 'ephemeral message',
        execute: () => menu.execute(interaction, app, wordsFor(interaction, true)),
      }
    }
    const component = command?.component?.bind(command)
    if (!component) throw new UserError('dispatch.unknown')
    const readOnly = command?.readOnlyComponents?.test(interaction.customId) ?? false
    // A modal opened by a command has no message to change.
    const deferral = interaction.message ? 'update' : 'ephemeral message'
    const t = wordsFor(interaction, interaction.message?.flags.has(MessageFlags.Ephemeral) ?? true)
    return { readOnly, deferral, execute: () => component(interaction, app, t) }
  }

  /** Whatever is known in time; nothing is better than nothing in time. False when Discord did not take it. */
  async function complete(interaction: AutocompleteInteraction, command: LoadedCommand | undefined, patience: number) {
    const subcommand = command?.find(interaction.options.getSubcommand(false))
    const ask = async () =>
      typedSoFar(interaction) === undefined
        ? []
        : subcommand?.autocomplete?.(interaction, app, wordsFor(interaction, true))
    const asked = ask().catch((err: unknown) => {
      if (!errorMessage(err)) log.error({ err }, 'Autocomplete failed unexpectedly: please report this line')
    })
    try {
      const choices = (await inTime(asked, patience)) ?? []
      await interaction.respond(choices.slice(0, 25))
      return true
    } catch {
      // The person has typed on, or Discord is away: nobody waits for these choices any more.
      return false
    }
  }
}

const unplanned = { readOnly: true, deferral: 'ephemeral message' } as const

const unexpected = 'A command failed unexpectedly: please report this line, it names no person and no song'
const untold = 'Somebody could not be told that they were removed from a roundup: tried again with their next command'
const unanswered = 'An interaction could not be answered: Discord was away or refused the answer, see err'
const expired =
  'Discord gave the interaction up before it was answered: the connection to Discord or this machine was too slow for it'
