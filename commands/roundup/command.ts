import { ApplicationIntegrationType, InteractionContextType } from 'discord.js'
import type { CommandGroup } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { jumpModal, pageTyped } from '../../src/views/pagination.ts'
import { decodeRoundupId, encodeRoundupId, isJoinId, joinId, leaveId, previewId } from '../../src/views/roundup-id.ts'
import { joinQuestion, roundupAtPage, roundupNow } from '../../src/views/roundup-messages.ts'
import { onlyInServers } from '../../src/views/roundup-settings.ts'
import { joinedBody, leftBody } from '../../src/views/roundup-text.ts'

export default {
  data: {
    name: 'roundup',
    description: 'What this server has been saving',
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild],
  },

  order: ['now', 'join', 'leave', 'schedule', 'pause', 'resume', 'status'],

  readOnlyComponents: /^roundup:1:page:/,

  async component(interaction, app) {
    const { customId, guildId: server, user } = interaction
    if (server === null) throw new UserError(onlyInServers)
    const id = decodeRoundupId(customId)
    if (id?.action === 'jump') return { kind: 'modal', modal: jumpModal(encodeRoundupId({ ...id, action: 'go' })) }
    if (id) return roundupAtPage(app, server, id.id, id.action === 'go' ? pageTyped(interaction) : id.page)
    if (isJoinId(customId)) return joinQuestion(app, user.id, server)
    if (customId === previewId) return roundupNow(app, server, null, true)
    if (customId === joinId) {
      await app.roundups.join(user.id, server)
      return { kind: 'update', ...joinedBody(true) }
    }
    if (customId === leaveId) return { kind: 'update', ...leftBody(await app.roundups.leave(user.id, server)) }
    throw new UserError('This button is from another version of Hearsay. Use `/roundup status` to see how things are.')
  },
} satisfies CommandGroup
