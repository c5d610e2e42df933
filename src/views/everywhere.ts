import { ApplicationIntegrationType, InteractionContextType } from 'discord-api-types/v10'

/** For commands that work wherever there is somebody to answer: servers, direct messages, installed by a server or a person. */
export const everywhere: { integration_types: ApplicationIntegrationType[]; contexts: InteractionContextType[] } = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
}
