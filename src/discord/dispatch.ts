import { randomBytes } from 'node:crypto'
import { InteractionResponseType } from 'discord-api-types/v10'
import type { App } from '../context.ts'
import { NotSharedError, UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { InteractionOutcome } from '../metrics/metrics.ts'
import type { Inline } from '../web/interactions.ts'
import { answer, inTime, type Deferral } from './reply.ts'
import { createCallback, isGone, type Callback, type Transport } from './callback.ts'
import type { Command, Reply } from '../command.ts'
import { refusal } from '../views/share-request.ts'
import type { Called, FromMenu, Interaction, Pressed, Suggesting } from './interaction.ts'
import { aboutOf, measure } from './measure.ts'
import { fit } from './options.ts'
import { takeOnce } from './replays.ts'

export type Commands = ReadonlyMap<string, Command>

/**
 * Takes every interaction to its command and sees to it that it is answered, in Discord's own request where it came
 * in one. A copy of one that came before, here or elsewhere, is left unanswered. Never rejects.
 */
export type Dispatch = (interaction: Interaction, inline?: Inline) => Promise<void>

/** What is to be done, and how it is announced when it takes long. */
interface Plan {
  readonly deferral: Deferral
  work(): Promise<Reply>
}

export function createDispatch(commands: Commands, app: App, ways: Transport, log: Log, signal: AbortSignal): Dispatch {
  return async (interaction, inline) => {
    const receivedAt = performance.now()
    // Not behind the announcement: what is announced for a copy would be written over the first one's answer.
    const taking = inline && takeOnce(app.store, interaction)
    if ((await taking?.catch(() => undefined)) === false) return
    const measured = measure(createCallback(ways, interaction, inline), receivedAt, app.metrics)
    const about = aboutOf(interaction, commands)
    const apologise = (error: unknown): Reply => {
      const [outcome, reply] = apology(error, { interaction: interaction.id, command: about.command })
      measured.becomes(outcome)
      return reply
    }
    try {
      if (interaction.kind === 'suggestions') return await complete(interaction, measured.callback, receivedAt)
      const { deferral, work } = planned(interaction)
      const terms = { deferral, receivedAt, apologise, signal }
      const end = await answer(measured.callback, taking?.then(work) ?? work(), terms)
      if (end === 'given up') log.warn({ interaction: interaction.id }, gaveUp)
    } catch (err) {
      measured.becomes('unanswered')
      if (isGone(err)) log.warn({ err, interaction: interaction.id }, gaveUp)
      else log.error({ err, interaction: interaction.id }, unanswered)
    } finally {
      measured.end(about)
    }
  }

  /** A plan in any case: what cannot even be planned is answered with the reason. */
  function planned(interaction: Called | FromMenu | Pressed): Plan {
    try {
      if (interaction.kind === 'command') return called(interaction)
      return interaction.kind === 'menu' ? opened(interaction) : pressed(interaction)
    } catch (error) {
      const work = async (): Promise<never> => {
        throw error
      }
      return { deferral: 'private message', work }
    }
  }

  function called({ name, given, call }: Called): Plan {
    const command = commands.get(name)
    if (!command || !fit(command.data.options ?? [], given)) throw new UserError(changedCommand)
    const isPrivate = typeof command.ephemeral === 'boolean' ? command.ephemeral : command.ephemeral(call)
    const deferral = isPrivate ? 'private message' : 'public message'
    return { deferral, work: async () => command.run(call, app, signal) }
  }

  function opened({ name, call }: FromMenu): Plan {
    const menu = [...commands.values()].map((command) => command.contextMenus?.[name]).find(Boolean)
    if (!menu) throw new UserError(changedCommand)
    return { deferral: 'private message', work: async () => menu.run(call, app, signal) }
  }

  function pressed({ name, press, onMessage }: Pressed): Plan {
    const command = commands.get(name)
    if (!command?.component) throw new UserError(unknownButton)
    const work = command.component.bind(command, press, app, signal)
    // A dialog opened by a command has no message to change.
    return { deferral: onMessage ? 'update' : 'private message', work: async () => work() }
  }

  /** Whatever is known in time; nothing is better than nothing in time. */
  async function complete({ name, call }: Suggesting, callback: Callback, receivedAt: number): Promise<void> {
    const asked = commands
      .get(name)
      ?.autocomplete?.(call, app)
      .catch((err: unknown) => {
        if (!app.errorMessage(err)) log.error({ err }, 'Suggestions failed in a way that nobody foresaw')
      })
    const choices = (asked && (await inTime(asked, receivedAt, suggestWithin))) ?? []
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult
    await callback.first({ body: { type, data: { choices: choices.slice(0, 25) } } }, 'alone')
  }

  /** One sentence for the person; the fault itself, under the reference that they are shown, for the operator. */
  function apology(error: unknown, about: object): [InteractionOutcome, Reply] {
    if (error instanceof NotSharedError) return ['refused', { kind: 'message', private: true, ...refusal(error) }]
    const explanation = app.errorMessage(error)
    if (explanation && !explanation.operator)
      return ['refused', { kind: 'message', private: true, content: explanation.sentence }]
    const reference = randomBytes(2).toString('hex')
    log.error({ err: error, reference, ...about }, explanation?.operator ?? unforeseen)
    const content = explanation
      ? `${explanation.sentence} (ref ${reference})`
      : `Something went wrong (ref ${reference}). It has been noted; please try again.`
    return ['failed', { kind: 'message', private: true, content }]
  }
}

// People see suggestions while they type.
const suggestWithin = 250

const unforeseen =
  'A command failed in a way that nobody foresaw: please report this line, it names no person and no song'
const unanswered = 'An interaction could not be answered: Discord was away or refused the answer, see err'
const gaveUp =
  'Discord gave the interaction up before it was answered: the line to Discord or this machine was too slow for it'
const changedCommand = 'This command has changed. Type it again, and reload Discord if that does not help.'
const unknownButton = 'This button is from another version of Hearsay. Use the command again for a fresh message.'
