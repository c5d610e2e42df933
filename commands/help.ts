import { ApplicationCommandOptionType as Type, ApplicationCommandType } from 'discord.js'
import type { Command } from '../src/command.ts'
import type { Translate } from '../src/i18n.ts'
import type { App } from '../src/context.ts'
import { everywhere } from '../src/views/components.ts'
import { homePageUrl } from '../src/views/link-offer.ts'
import { accent } from '../src/views/song-list.ts'

const message: number = ApplicationCommandType.Message

/** As a newcomer would want to read of them; what is not named here comes last. */
const order = ['link', 'liked', 'roundup', 'account', 'unlink', 'help']

export default {
  data: { name: 'help', ...everywhere },

  ephemeral: true,
  readOnly: true,

  async execute(_interaction, app, t) {
    const byName = new Map(app.commands.map((command) => [command.data.name, command]))
    const sorted = [...new Set([...order, ...byName.keys()])].flatMap((name) => byName.get(name) ?? [])
    const lines = sorted.flatMap(({ data }) => linesOf(data, t))
    const menus = app.commands.flatMap(({ contextMenus = {} }) => Object.values(contextMenus))
    const named = menus.map(({ data: { type, name } }) =>
      t(type === message ? 'help.menu.message' : 'help.menu', { name }),
    )
    // The content of a message is too short for this in most languages.
    const description = [...lines, ...named, '', t('help.page', { page: homePageUrl(app, t) })].join('\n')
    return { kind: 'message', ephemeral: true, content: t('help.intro'), embeds: [{ color: accent, description }] }
  },
} satisfies Command

/** What can be typed: each subcommand, or the command itself. */
function linesOf({ name: command, options = [] }: App['commands'][number]['data'], t: Translate): string[] {
  const subcommands = options.filter(({ type }) => type === Type.Subcommand)
  if (subcommands.length === 0) return [`${t.command(command)} ${t.describe(`command.${command}`)}`]
  return subcommands.map(({ name }) => `${t.command(`${command} ${name}`)} ${t.describe(`command.${command}.${name}`)}`)
}
