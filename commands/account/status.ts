import type { Subcommand } from '../../src/command.ts'
import { row } from '../../src/views/components.ts'
import { renewButton } from '../../src/views/renewal.ts'
import { sanitize } from '../../src/views/sanitize.ts'
import { counted, timestamp } from '../../src/views/song.ts'

export default {
  data: { name: 'status', description: 'As whom you are linked, until when, and what is shared where' },
  ephemeral: true,
  readOnly: false,

  async execute({ user: { id: person }, guildId: server, token }, app) {
    const link = await app.accounts.get(person)
    const servers = await app.sharing.servers(person)
    const here = server !== null && servers.includes(server) ? 'shared in this server' : 'not shared here'
    const others = servers.filter((id) => id !== server).length
    const elsewhere = others > 0 ? `, and in ${counted(others, 'other server')}` : ''
    const roundups = (await app.roundups.servers(person)).length
    const ends = app.accounts.consentEnds(link)
    return {
      kind: 'message',
      ephemeral: true,
      content: [
        `Linked as **${sanitize(link.spotifyName, 100)}** on Spotify since ${timestamp(link.authorizedAt, 'D')}.`,
        `Spotify ends this consent ${timestamp(ends, 'R')}, on ${timestamp(ends, 'D')}. Renewing it keeps every setting.`,
        `Your liked songs are ${here}${elsewhere}.`,
        ...(roundups > 0 ? [`You take part in the roundups of ${counted(roundups, 'server')}.`] : []),
      ].join('\n'),
      components: [row(await renewButton(app, person, token))],
    }
  },
} satisfies Subcommand
