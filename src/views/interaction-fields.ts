import { ApplicationIntegrationType, MessageFlags, type APIEmbedAuthor, type BaseInteraction } from 'discord.js'
import type { ComponentInteraction } from '../command.ts'

/** Whether the bot is a member of the server where this happens; elsewhere a person has brought it along. */
export function isBotHere({ guildId, authorizingIntegrationOwners }: BaseInteraction): boolean {
  return guildId !== null && authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] !== undefined
}

/** The line at the top of the message that the component is on, where it has one. */
export function authorOf({ message }: ComponentInteraction): APIEmbedAuthor | undefined {
  return message?.embeds[0]?.data.author
}

/** Whether only the person who pressed sees that message. */
export function isOnEphemeral({ message }: ComponentInteraction): boolean {
  return message ? message.flags.has(MessageFlags.Ephemeral) : true
}

/** Who used the command that the message answers, where Discord says so. */
export function callerOf({ message }: ComponentInteraction): string | undefined {
  return message?.interactionMetadata?.user.id
}

/** What was chosen from a select. */
export function valuesOf(interaction: ComponentInteraction): readonly string[] {
  return interaction.isStringSelectMenu() ? interaction.values : []
}

/** What was typed into a field of a modal; undefined where there is no such field. */
export function typedInto(interaction: ComponentInteraction, field: string): string | undefined {
  if (!interaction.isModalSubmit()) return undefined
  const value: unknown = Reflect.get(interaction.fields.fields.get(field) ?? {}, 'value')
  return typeof value === 'string' ? value : undefined
}
