import type { AutocompleteInteraction, ChatInputCommandInteraction, ContextMenuCommandInteraction } from 'discord.js'
import type { ComponentInteraction, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { errorMessage, reportError } from '../error-messages.ts'
import { NotSharedError, UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { InteractionOutcome, SeenInteraction } from '../metrics.ts'
import { refusal } from '../views/share-request.ts'
import type { KnownInteraction } from './client.ts'
import type { InlineResponses } from './inline-responses.ts'
import type { Commands } from './load.ts'
import { isGone, type Deferral, type RepliableInteraction } from './acknowledge.ts'
import { optionsFit } from './options.ts'
import { inTime, sendReply, usualDeadlines, type Deadlines } from './reply.ts'

/**
 * Takes every interaction to its command and sees to it that it is answered. A copy of one that came before over HTTP,
 * here or elsewhere, is left unanswered. Never rejects.
 */
export type Dispatch = (interaction: KnownInteraction, overHttp: boolean) => Promise<void>

/** What is to be done, and how it is announced when it takes long. */
interface Plan {
  readonly command: string
  readonly kind: SeenInteraction['kind']
  readonly readOnly: boolean
  readonly deferral: Deferral
  execute(): Promise<Reply>
}

// Twice as long as a signed request is young, because its timestamp may lie ahead of this machine's clock.
const replaysRemembered = 10 * 60_000

export function createDispatch(
  commands: Commands,
  app: App,
  { useCallback }: Pick<InlineResponses, 'useCallback'>,
  log: Log,
  signal: AbortSignal,
  deadlines: Deadlines = usualDeadlines,
): Dispatch {
  return async (interaction, overHttp) => {
    const receivedAt = performance.now()
    const since = (): number => performance.now() - receivedAt
    if (interaction.isAutocomplete()) return complete(interaction, receivedAt)
    const { command, kind, readOnly, deferral, execute } = planFor(interaction)
    const once =
      overHttp && !readOnly ? app.store.create('replays', interaction.id, true, replaysRemembered) : undefined
    // Before any deferral: what is announced for a copy would be written over the first one's answer.
    if ((await once?.catch(() => undefined)) === false) return
    let outcome: InteractionOutcome = 'answered'
    let acknowledgedAfter: number | undefined
    const apologise = (error: unknown): Reply => {
      const [what, reply] = apology(error, { interaction: interaction.id, command })
      outcome = what
      return reply
    }
    try {
      const end = await sendReply(interaction, once ? once.then(execute) : execute(), {
        ...{ deferral, receivedAt, within: deadlines.acknowledge, apologise, signal },
        useCallback: () => useCallback(interaction.id),
        acknowledged: () => (acknowledgedAfter ??= since()),
      })
      if (end === 'expired') {
        outcome = 'unanswered'
        log.warn({ interaction: interaction.id }, expired)
      }
    } catch (err) {
      outcome = 'unanswered'
      if (isGone(err)) log.warn({ err, interaction: interaction.id }, expired)
      else log.error({ err, interaction: interaction.id }, unanswered)
    } finally {
      app.metrics.interaction({ command, kind, outcome, acknowledgedAfter, endedAfter: since() })
    }
  }

  function planFor(interaction: RepliableInteraction): Plan {
    if (interaction.isChatInputCommand()) return planCommand(interaction)
    return interaction.isContextMenuCommand() ? planContextMenu(interaction) : planComponent(interaction)
  }

  function planCommand(interaction: ChatInputCommandInteraction): Plan {
    const command = commands.get(interaction.commandName)
    const found = command?.find(interaction.options.getSubcommand(false))
    const plan = { command: command?.data.name ?? 'unknown', kind: 'command' } as const
    if (!command || !found || !optionsFit(command.data.options ?? [], interaction.options.data))
      return { ...plan, ...refuse(new UserError(changedCommand)) }
    try {
      const isEphemeral = typeof found.ephemeral === 'boolean' ? found.ephemeral : found.ephemeral(interaction)
      const deferral = isEphemeral ? 'ephemeral message' : 'public message'
      return {
        ...plan,
        readOnly: found.readOnly,
        deferral,
        execute: async () => found.execute(interaction, app, signal),
      }
    } catch (error) {
      return { ...plan, ...refuse(error) }
    }
  }

  function planContextMenu(interaction: ContextMenuCommandInteraction): Plan {
    const { commandName } = interaction
    const command = [...commands.values()].find(({ contextMenus = {} }) => Object.hasOwn(contextMenus, commandName))
    const menu = command?.contextMenus?.[commandName]
    const plan = { command: command?.data.name ?? 'unknown', kind: 'menu' } as const
    if (!menu || !interaction.isUserContextMenuCommand()) return { ...plan, ...refuse(new UserError(changedCommand)) }
    const execute = async (): Promise<Reply> => menu.execute(interaction, app, signal)
    return { ...plan, readOnly: menu.readOnly, deferral: 'ephemeral message', execute }
  }

  function planComponent(interaction: ComponentInteraction): Plan {
    const { customId } = interaction
    const command = commands.get(customId.split(':', 1)[0] ?? '')
    const kind = interaction.isModalSubmit() ? 'dialog' : 'press'
    const plan = { command: command?.data.name ?? 'unknown', kind } as const
    const component = command?.component?.bind(command)
    if (!component) return { ...plan, ...refuse(new UserError(unknownButton)) }
    // A modal opened by a command has no message to change.
    const deferral = interaction.message ? 'update' : 'ephemeral message'
    const readOnly = command?.readOnlyComponents?.test(customId) ?? false
    return { ...plan, readOnly, deferral, execute: async () => component(interaction, app, signal) }
  }

  /** Whatever is known in time; nothing is better than nothing in time. */
  async function complete(interaction: AutocompleteInteraction, receivedAt: number): Promise<void> {
    const command = commands.get(interaction.commandName)
    const asked = command
      ?.find(interaction.options.getSubcommand(false))
      ?.autocomplete?.(interaction, app)
      .catch((err: unknown) => {
        if (!errorMessage(err)) log.error({ err }, 'Autocomplete failed unexpectedly: please report this line')
      })
    let outcome: InteractionOutcome = 'answered'
    let acknowledgedAfter: number | undefined
    try {
      const choices = (asked && (await inTime(asked, receivedAt, deadlines.autocomplete))) ?? []
      await interaction.respond(choices.slice(0, 25))
      acknowledgedAfter = performance.now() - receivedAt
    } catch {
      // The person has typed on, or Discord is away: nobody waits for these choices any more.
      outcome = 'unanswered'
    }
    const endedAfter = performance.now() - receivedAt
    const about = { command: command?.data.name ?? 'unknown', kind: 'suggestions' } as const
    app.metrics.interaction({ ...about, outcome, acknowledgedAfter, endedAfter })
  }

  /** One sentence for the person; the fault itself, under the reference that they are shown, for the operator. */
  function apology(error: unknown, about: Readonly<Record<string, string>>): [InteractionOutcome, Reply] {
    if (error instanceof NotSharedError) return ['refused', { kind: 'message', ephemeral: true, ...refusal(error) }]
    const { message, sentence } = reportError(error, log, { unexpected, ...about })
    if (message && !message.operator) return ['refused', { kind: 'message', ephemeral: true, content: sentence }]
    const content = message ? sentence : `${sentence} It has been noted; please try again.`
    return ['failed', { kind: 'message', ephemeral: true, content }]
  }
}

/** What cannot even be planned is answered with the reason. */
function refuse(error: unknown): Pick<Plan, 'readOnly' | 'deferral' | 'execute'> {
  const execute = async (): Promise<never> => {
    throw error
  }
  return { readOnly: true, deferral: 'ephemeral message', execute }
}

const unexpected = 'A command failed unexpectedly: please report this line, it names no person and no song'
const unanswered = 'An interaction could not be answered: Discord was away or refused the answer, see err'
const expired =
  'Discord gave the interaction up before it was answered: the connection to Discord or this machine was too slow for it'
const changedCommand = 'This command has changed. Type it again, and reload Discord if that does not help.'
const unknownButton = 'This button is from another version of Hearsay. Use the command again for a fresh message.'
