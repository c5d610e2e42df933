import type * as discord from 'discord.js'
import { ApplicationIntegrationType, ButtonStyle, ComponentType, InteractionContextType } from 'discord.js'

/** A row of buttons, or of one select. */
export type ActionRow = discord.APIActionRowComponent<discord.APIComponentInMessageActionRow>

interface ButtonOptions {
  readonly style?: 'Primary' | 'Secondary' | 'Success' | 'Danger'
  readonly disabled?: boolean
}

/** A button that comes back to the command with whose name the id begins. */
export function button(label: string, customId: string, options: ButtonOptions = {}): discord.APIButtonComponent {
  const { style = 'Secondary', disabled = false } = options
  return { type: ComponentType.Button, style: ButtonStyle[style], label, custom_id: customId, disabled }
}

/** A button that leads out of Discord. */
export function linkButton(label: string, url: string): discord.APIButtonComponentWithURL {
  return { type: ComponentType.Button, style: ButtonStyle.Link, label, url }
}

export function row(...components: discord.APIComponentInMessageActionRow[]): ActionRow {
  return { type: ComponentType.ActionRow, components }
}

/** For commands that work wherever there is somebody to answer: servers, direct messages, installed by a server or a person. */
export const everywhere: { integration_types: ApplicationIntegrationType[]; contexts: InteractionContextType[] } = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
}
