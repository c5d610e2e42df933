import { ApplicationIntegrationType, type BaseInteraction } from 'discord.js'
import type { ComponentInteraction } from '../command.ts'

/** Whether the bot is a member of the server where this happens; elsewhere a person has brought it along. */
export function isBotHere({ guildId, authorizingIntegrationOwners }: BaseInteraction): boolean {
  return guildId !== null && authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] !== undefined
}

/** What was typed into a field of a modal; undefined where there is no such field. */
export function typedInto(interaction: ComponentInteraction, field: string): string | undefined {
  if (!interaction.isModalSubmit()) return undefined
  const value: unknown = Reflect.get(interaction.fields.fields.get(field) ?? {}, 'value')
  return typeof value === 'string' ? value : undefined
}
