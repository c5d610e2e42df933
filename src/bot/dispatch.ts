import { randomBytes } from 'node:crypto'
import type { Interaction, ModalSubmitInteraction, MessageComponentInteraction, REST } from 'discord.js'
import { InteractionResponseType, MessageFlags } from 'discord.js'
import type { App } from '../app.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { answer, type Deferral } from './answer.ts'
import { createCallback, isGone } from './callback.ts'
import type { Call, Command, Press, Reply } from './command.ts'
import { fit } from './options.ts'

export type Commands = ReadonlyMap<string, Command>

/** Takes every interaction to its command and sees to it that it is answered. Never rejects. */
export type Dispatch = (interaction: Interaction) => Promise<void>

export function createDispatch(commands: Commands, app: App, rest: REST, log: Log, signal: AbortSignal): Dispatch {
  return async (interaction) => {
    const receivedAt = performance.now()
    try {
      if (interaction.isAutocomplete()) return await complete(interaction)
      const [deferral, work] = plan(interaction)
      const callback = createCallback(rest, interaction)
      const end = await answer(callback, work().catch(apologise), deferral, receivedAt)
      if (end === 'given up') log.warn({ interaction: interaction.id }, gaveUp)
    } catch (err) {
      if (isGone(err)) log.warn({ err, interaction: interaction.id }, gaveUp)
      else log.error({ err, interaction: interaction.id }, 'An interaction could not be answered')
    }
  }

  function plan(interaction: Interaction): [Deferral, () => Promise<Reply>] {
    if (interaction.isCommand()) {
      const command = commands.get(interaction.commandName)
      if (!command) return refusal(unknownCommand)
      const declared = 'options' in command.data ? (command.data.options ?? []) : []
      if (interaction.isChatInputCommand() && !fit(declared, interaction.options.data)) return refusal(changedCommand)
      const call = interaction as unknown as Call
      const isPrivate = typeof command.private === 'boolean' ? command.private : command.private(call)
      return [isPrivate ? 'private message' : 'public message', async () => command.run(call, app, signal)]
    }
    if (interaction.isMessageComponent() || interaction.isModalSubmit()) {
      const command = commands.get(interaction.customId.split(':', 1)[0] ?? '')
      // A dialog opened by a command has no message to change.
      const deferral = interaction.message ? 'update' : 'private message'
      return [deferral, async () => pressed(command, readPress(interaction))]
    }
    throw new Error(`Interactions of type ${interaction.type} are unknown here`)
  }

  function pressed(command: Command | undefined, press: Press): Promise<Reply> {
    if (!command?.press) throw new UserError(unknownButton)
    return command.press(press, app, signal)
  }

  async function complete(interaction: Extract<Interaction, { isAutocomplete(): boolean }> & { token: string }) {
    const command = interaction.isAutocomplete() ? commands.get(interaction.commandName) : undefined
    const choices = (await command?.complete?.(interaction as unknown as Call, app)) ?? []
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult
    await createCallback(rest, interaction).first(type, { choices: choices.slice(0, 25) })
  }

  /** One sentence for the person; the fault itself, under the same reference, for the operator. */
  function apologise(error: unknown): Reply {
    const explanation = app.explain(error)
    if (explanation && !explanation.operator) return { kind: 'message', private: true, content: explanation.sentence }
    const reference = randomBytes(2).toString('hex')
    log.error({ err: error, reference }, explanation?.operator ?? 'A command failed in a way that nobody foresaw')
    const sentence =
      explanation?.sentence ?? `Something went wrong (ref ${reference}). It has been noted; please try again.`
    return { kind: 'message', private: true, content: sentence }
  }
}

const gaveUp = 'Discord gave the interaction up before it was answered'
const unknownCommand = 'Hearsay does not know this command any more. Discord will have noticed by tomorrow.'
const changedCommand = 'This command has changed. Type it again, and reload Discord if that does not help.'
const unknownButton = 'This button is from another version of Hearsay. Use the command again for a fresh message.'

function refusal(sentence: string): [Deferral, () => Promise<Reply>] {
  return ['private message', () => Promise.reject(new UserError(sentence))]
}

function readPress(interaction: MessageComponentInteraction | ModalSubmitInteraction): Press {
  return {
    user: interaction.user,
    customId: interaction.customId,
    onPrivate: interaction.message?.flags.has(MessageFlags.Ephemeral) ?? true,
    callerId: interaction.message?.interactionMetadata?.user.id,
    field: (name) => {
      const field = interaction.isModalSubmit() ? interaction.fields.fields.get(name) : undefined
      return field && 'value' in field && typeof field.value === 'string' ? field.value : undefined
    },
  }
}
