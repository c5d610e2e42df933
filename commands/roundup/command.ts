import { ApplicationIntegrationType, InteractionContextType } from 'discord.js'
import type { CommandGroup } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { jumpModal, pageTyped } from '../../src/views/pagination.ts'
import * as ids from '../../src/views/roundup-id.ts'
import { joinQuestion, joinedBody, leftLine, roundupAtPage, roundupNow } from '../../src/views/roundup-messages.ts'
import { onlyInServers } from '../../src/views/roundup-settings.ts'

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
    const id = ids.decodeRoundupId(customId)
    if (id?.action === 'jump')
      return { kind: 'modal', modal: jumpModal(ids.encodeRoundupId(id.id, id.page, 'go'), id.page, id.pages) }
    if (id) return roundupAtPage(app, server, id.id, id.action === 'go' ? pageTyped(interaction) : id.page)
    if (customId.startsWith(ids.inviteId)) return joinQuestion(app, user.id, server)
    if (customId === ids.previewId) return roundupNow(app, user.id, server, null, true)
    if (customId === ids.leaveId)
      return { kind: 'update', content: leftLine(await app.roundups.leave(user.id, server)) }
    if (customId === ids.joinId) {
      await app.roundups.join(user.id, server)
      return { kind: 'update', ...joinedBody(nowJoined) }
    }
    throw new UserError('This button is from another version of Hearsay. Use `/roundup status` to see how things are.')
  },
} satisfies CommandGroup

const nowJoined = 'You take part now. Roundups in **this server** show your newest likes from here on.'
