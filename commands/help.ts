import { ApplicationCommandOptionType, type APIApplicationCommandSubcommandOption } from 'discord-api-types/v10'
import type { Command } from '../src/command.ts'
import { everywhere } from '../src/views/everywhere.ts'

/** As a newcomer would want to read of them; what is not named here comes last. */
const order = ['link', 'liked', 'roundup', 'account', 'unlink', 'help']

export default {
  data: { name: 'help', description: 'What Hearsay can do', ...everywhere },

  ephemeral: true,

  async run(_call, app) {
    const ids = await app.commandIds()
    const commands = [...app.commands.values()].map(({ data }) => data)
    const sorted = commands.toSorted((one, other) => place(one.name) - place(other.name))
    const menus = [...app.commands.values()].flatMap(({ contextMenus: menu = {} }) => Object.keys(menu))
    const lines = sorted.flatMap((data) =>
      entries(data).map(([name, what]) => `${mention(name, ids[data.name])} ${what}`),
    )
    return {
      kind: 'message',
      private: true,
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

/** Each thing that can be typed, with what it does. */
function entries({ name, description, options = [] }: Command['data']): [string, string][] {
  const branches = options.filter((option) => option.type === ApplicationCommandOptionType.Subcommand)
  if (branches.length === 0) return [[name, description]]
  return branches.map((branch: APIApplicationCommandSubcommandOption) => [`${name} ${branch.name}`, branch.description])
}

/** Clickable where Discord has told the command's id. */
function mention(name: string, id: string | undefined): string {
  return id ? `</${name}:${id}>` : `\`/${name}\``
}
