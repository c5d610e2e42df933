import { ApplicationCommandOptionType as Type, chatInputApplicationCommandMention } from 'discord.js'
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
    const byName = new Map(app.commands.map((command) => [command.data.name, command]))
    const sorted = [...new Set([...order, ...byName.keys()])].flatMap((name) => byName.get(name) ?? [])
    const lines = sorted.flatMap(({ data }) => linesOf(data, ids[data.name]))
    const menus = app.commands.flatMap(({ contextMenus = {} }) => Object.keys(contextMenus))
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

/** What can be typed: each subcommand, or the command itself. Clickable where Discord has told the command's id. */
function linesOf(command: Command['data'], id: string | undefined): string[] {
  const mention = (typed: string): string => (id ? chatInputApplicationCommandMention(typed, id) : `\`/${typed}\``)
  const subcommands = command.options?.filter(({ type }) => type === Type.Subcommand) ?? []
  if (subcommands.length === 0) return [`${mention(command.name)} ${command.description}`]
  return subcommands.map(({ name, description }) => `${mention(`${command.name} ${name}`)} ${description}`)
}
