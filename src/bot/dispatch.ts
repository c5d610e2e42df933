import { randomBytes } from 'node:crypto'
import {
  InteractionResponseType,
  type AutocompleteInteraction,
  type CommandInteraction,
  type Interaction,
  type REST,
} from 'discord.js'
import type { App } from '../app.ts'
import { NotSharedError, UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { answer, inTime, type Deferral } from './answer.ts'
import { createCallback, isGone } from './callback.ts'
import type { Call, Command, MenuCall, Reply } from './command.ts'
import { refusal } from './format/ask.ts'
import { fit } from './options.ts'
import { readPress, type Pressed } from './press.ts'

export type Commands = ReadonlyMap<string, Command>

/** Takes every interaction to its command and sees to it that it is answered. Never rejects. */
export type Dispatch = (interaction: Interaction) => Promise<void>

/** What is to be done, and how it is announced when it takes long. */
interface Plan {
  readonly deferral: Deferral
  work(): Promise<Reply>
}

export function createDispatch(commands: Commands, app: App, rest: REST, log: Log, signal: AbortSignal): Dispatch {
  return async (interaction) => {
    const receivedAt = performance.now()
    try {
      if (interaction.isAutocomplete()) return await complete(interaction, receivedAt)
      const { deferral, work } = planned(interaction)
      const terms = { deferral, receivedAt, apologise }
      const end = await answer(createCallback(rest, interaction), work(), terms)
      if (end === 'given up') log.warn({ interaction: interaction.id }, gaveUp)
    } catch (err) {
      if (isGone(err)) log.warn({ err, interaction: interaction.id }, gaveUp)
      else log.error({ err, interaction: interaction.id }, 'An interaction could not be answered')
    }
  }

  /** A plan in any case: what cannot even be planned is answered with the reason. */
  function planned(interaction: Exclude<Interaction, AutocompleteInteraction>): Plan {
    try {
      return interaction.isCommand() ? called(interaction) : pressed(interaction)
    } catch (error) {
      const work = async (): Promise<never> => {
        throw error
      }
      return { deferral: 'private message', work }
    }
  }

  function called(interaction: CommandInteraction): Plan {
    const call = interaction as unknown as MenuCall
    const menu = [...commands.values()].map((command) => command.menu?.[interaction.commandName]).find(Boolean)
    if (menu) return { deferral: 'private message', work: async () => menu.run(call, app, signal) }
    const command = commands.get(interaction.commandName)
    if (!command) throw new UserError(changedCommand)
    const given = interaction.isChatInputCommand() ? interaction.options.data : []
    if (!fit(command.data.options ?? [], given)) throw new UserError(changedCommand)
    const isPrivate = typeof command.private === 'boolean' ? command.private : command.private(call)
    const deferral = isPrivate ? 'private message' : 'public message'
    return { deferral, work: async () => command.run(call, app, signal) }
  }

  function pressed(interaction: Pressed): Plan {
    const command = commands.get(interaction.customId.split(':', 1)[0] ?? '')
    if (!command?.press) throw new UserError(unknownButton)
    const press = command.press.bind(command, readPress(interaction), app, signal)
    // A dialog opened by a command has no message to change.
    return { deferral: interaction.message ? 'update' : 'private message', work: async () => press() }
  }

  /** Whatever is known in time; nothing is better than nothing in time. */
  async function complete(interaction: AutocompleteInteraction, receivedAt: number): Promise<void> {
    const command = commands.get(interaction.commandName)
    const asked = command?.complete?.(interaction as unknown as Call, app).catch((err: unknown) => {
      if (!app.explain(err)) log.error({ err }, 'Suggestions failed in a way that nobody foresaw')
    })
    const choices = (asked && (await inTime(asked, receivedAt, suggestWithin))) ?? []
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult
    await createCallback(rest, interaction).first({ body: { type, data: { choices: choices.slice(0, 25) } } })
  }

  /** One sentence for the person; the fault itself, under the same reference, for the operator. */
  function apologise(error: unknown): Reply {
    if (error instanceof NotSharedError) return { kind: 'message', private: true, ...refusal(error) }
    const explanation = app.explain(error)
    if (explanation && !explanation.operator) return { kind: 'message', private: true, content: explanation.sentence }
    const reference = randomBytes(2).toString('hex')
    log.error({ err: error, reference }, explanation?.operator ?? 'A command failed in a way that nobody foresaw')
    const content =
      explanation?.sentence ?? `Something went wrong (ref ${reference}). It has been noted; please try again.`
    return { kind: 'message', private: true, content }
  }
}

// People see suggestions while they type.
const suggestWithin = 250

const gaveUp = 'Discord gave the interaction up before it was answered'
const changedCommand = 'This command has changed. Type it again, and reload Discord if that does not help.'
const unknownButton = 'This button is from another version of Hearsay. Use the command again for a fresh message.'
