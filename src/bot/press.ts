import { MessageFlags, type MessageComponentInteraction, type ModalSubmitInteraction } from 'discord.js'
import type { Press } from './command.ts'

/** Interactions that begin with something on a message: components, and dialogs. */
export type Pressed = MessageComponentInteraction | ModalSubmitInteraction

/** The part of discord.js's interaction that presses need. */
export function readPress(interaction: Pressed): Press {
  const { message } = interaction
  return {
    user: interaction.user,
    customId: interaction.customId,
    guildId: interaction.guildId,
    values: valuesOf(interaction),
    author: message?.embeds[0]?.data.author,
    onPrivate: message?.flags.has(MessageFlags.Ephemeral) ?? true,
    callerId: message?.interactionMetadata?.user.id,
    field: (name) => {
      const field = interaction.isModalSubmit() ? interaction.fields.fields.get(name) : undefined
      return field && 'value' in field && typeof field.value === 'string' ? field.value : undefined
    },
  }
}

function valuesOf(interaction: Pressed): readonly string[] {
  return interaction.isStringSelectMenu() ? interaction.values : []
}
