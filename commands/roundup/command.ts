import { ApplicationIntegrationType, InteractionContextType } from 'discord.js'
import type { CommandGroup } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { jumpModal, pageTyped } from '../../src/views/components.ts'
import { linkedFor } from '../../src/views/link-offer.ts'
import { playlistButton } from '../../src/views/page-id.ts'
import { pressedPlaylist } from '../../src/views/playlist.ts'
import * as ids from '../../src/views/roundup-id.ts'
import * as messages from '../../src/views/roundup-messages.ts'
import { pressedLanguage } from '../../src/views/schedule-language.ts'
import { aroundOf, pressedSchedule } from '../../src/views/schedule-messages.ts'

export default {
  data: {
    name: 'roundup',
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild],
  },

  order: ['now', 'join', 'leave', 'schedule', 'pause', 'resume', 'status'],

  readOnlyComponents: /^roundup:1:(?:page|all):/,

  async component(interaction, app, t) {
    const { customId, guildId: server, user } = interaction
    if (server === null) throw new UserError('schedule.onlyInServers')
    const id = ids.decodeRoundupId(customId)
    const own = app.languages.memo(interaction.locale)
    if (id?.action === 'jump') {
      const modal = jumpModal(ids.encodeRoundupId(id.id, id.page, 'go'), own, id.page, id.pages)
      return { kind: 'modal', modal }
    }
    if (id) {
      const page = id.action === 'go' ? pageTyped(interaction) : id.page
      return messages.roundupAtPage(app, server, id.id, page, t, aroundOf(interaction))
    }
    if (customId.startsWith(playlistButton.roundup)) return pressedPlaylist(interaction, app, own)
    const part = ids.decodePartId(customId)
    if (part?.action === 'jump') {
      const again = ids.encodePartId(part.id, part.person, part.page, 'go')
      return { kind: 'modal', modal: jumpModal(again, own, part.page, part.pages) }
    }
    if (part) {
      const page = part.action === 'go' ? pageTyped(interaction) : part.page
      return messages.partAtPage(app, server, part, page, own)
    }
    if (customId.startsWith(ids.inviteId)) return messages.joinQuestion(app, user.id, server, own)
    if (customId === ids.previewId) return messages.roundupNow(app, user.id, server, null, true, own)
    if (customId === ids.leaveId)
      return { kind: 'update', content: messages.leftLine(await app.roundups.leave(user.id, server), t) }
    if (customId === ids.joinId || customId === ids.joinAllId) {
      const joining = app.roundups.join(user.id, server, customId === ids.joinAllId)
      await linkedFor({ key: 'roundup.join.notLinked' }, joining)
      const isAll = await app.roundups.showsAll(user.id, server)
      return { kind: 'update', ...messages.joinedBody(isAll ? 'roundup.joined' : 'roundup.fewer', t) }
    }
    const pressed =
      (await pressedLanguage(interaction, app, server, aroundOf(interaction), own)) ??
      (await pressedSchedule(interaction, app, server, own))
    if (pressed) return pressed
    throw new UserError('roundup.fresh')
  },
} satisfies CommandGroup
