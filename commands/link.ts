import { ApplicationCommandOptionType } from 'discord.js'
import type { Command } from '../src/command.ts'
import { everywhere, linkButton, row } from '../src/views/components.ts'
import { aboutAnswer, policyLine } from '../src/views/link-offer.ts'
import { sanitize } from '../src/views/sanitize.ts'

export default {
  data: {
    name: 'link',
    ...everywhere,
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'client-id',
        max_length: 100,
      },
    ],
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    // Somebody who has brought an app of their own keeps it when they link again.
    const { id } = interaction.user
    const clientId = interaction.options.getString('client-id') ?? (await app.accounts.ownClientId(id))
    // Linking is the way out of a link that cannot be read.
    const link = await app.accounts.findIfReadable(id)
    const url = await app.invitations.create(id, interaction.token, { clientId, ...aboutAnswer(interaction) })
    const intro = t(clientId === undefined ? 'link.intro' : 'link.intro.ownApp')
    const linked = clientId === undefined ? 'link.linked' : 'link.linked.ownApp'
    return {
      kind: 'message',
      ephemeral: true,
      content: `${link ? t(linked, { name: sanitize(link.spotifyName, 100) }) : intro}\n${policyLine(app, t)}`,
      components: [row(linkButton(t(link ? 'button.linkAgain' : 'button.link'), url))],
    }
  },
} satisfies Command
