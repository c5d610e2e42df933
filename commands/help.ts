import type { Command } from '../src/command.ts'
import { everywhere } from '../src/views/components.ts'

/** As a newcomer would want to read of them; what is not named here comes last. */
const order = ['link', 'liked', 'roundup', 'account', 'unlink', 'help']

export default {
  data: { name: 'help', description: 'What Hearsay can do', ...everywhere },

  ephemeral: true,
  readOnly: true,

  async execute(_interaction, app) {
    const ids = await app.commandIds()
    const sorted = app.commands.toSorted((one, other) => place(one.name) - place(other.name))
    const menus = app.commands.flatMap(({ contextMenus }) => contextMenus)
    const lines = sorted.flatMap(({ name, entries }) =>
      entries.map(({ typed, description }) => `${mention(typed, ids[name])} ${description}`),
    )
    return {
      kind: 'message',
      ephemeral: true,
      content: [
        'Hearsay shares liked songs from Spotify, yours when you say so.',
        '',
        ...lines,
        ...menus.map((name) => `**${name}** in the menu on a person, under Apps`),
      ].join('\n'),
    }
  },
} satisfies Command

function place(name: string): number {
  const index = order.indexOf(name)
  return index < 0 ? order.length : index
}

/** Clickable where Discord has told the command's id. */
function mention(name: string, id: string | undefined): string {
  return id ? `</${name}:${id}>` : `\`/${name}\``
}
