import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type APIApplicationCommandSubcommandOption,
} from 'discord-api-types/v10'
import type { Command } from '../command.ts'
import type { CommandSummary } from '../context.ts'

/** A file in the folder of commands is not a command. The message names the file. */
export class CommandFileError extends Error {
  override readonly name = 'CommandFileError'
}

/**
 * Every command in the folder, by name. The folder is the list: there is no other. Its URL ends with a slash.
 * Rejects with CommandFileError for the first file that does not fit.
 */
export async function loadCommands(folder: URL): Promise<Map<string, Command>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted()
  const commands = await Promise.all(files.map((name) => load(new URL(encodeURIComponent(name), folder), name)))
  return new Map(commands.map((command) => [command.data.name, command]))
}

/** What `/help` says of it. */
export function summaryOf({ data, contextMenus = {} }: Command): CommandSummary {
  const { name, description, options = [] } = data
  const subcommands = options.filter(
    (option): option is APIApplicationCommandSubcommandOption =>
      option.type === ApplicationCommandOptionType.Subcommand,
  )
  const entries = subcommands.map((one) => ({ typed: `${name} ${one.name}`, description: one.description }))
  return {
    name,
    entries: entries.length > 0 ? entries : [{ typed: name, description }],
    contextMenus: Object.keys(contextMenus),
  }
}

async function load(url: URL, file: string): Promise<Command> {
  const command = await contentOf(url, file)
  const wrong = complaint(command, basename(file, '.ts'))
  if (wrong) throw new CommandFileError(`commands/${file} ${wrong}`)
  return command as Command
}

async function contentOf(url: URL, file: string): Promise<Partial<Command> | undefined> {
  try {
    const { default: content } = (await import(url.href)) as { default?: Partial<Command> }
    return content
  } catch (cause) {
    throw new CommandFileError(`commands/${file} cannot be loaded: ${reasonIn(cause)}`, { cause })
  }
}

/** A parser says its place at the top of the stack and nowhere else, so all before the calls is told. */
function reasonIn(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const told = cause.stack?.split(/\n\s+at /, 1)[0]?.trim()
  return told?.includes(cause.message) ? told : cause.message
}

function complaint(command: Partial<Command> | undefined, name: string): string | undefined {
  if (typeof command !== 'object' || command === null)
    return 'has no default export: export default { data, private, run }'
  const { data } = command
  if (data?.name !== name) return `holds a command called "${data?.name}": its name and the file's must be one`
  const isTyped = data.type === undefined || data.type === ApplicationCommandType.ChatInput
  if (isTyped && !('description' in data && data.description)) return 'has no description: people see it while typing'
  if (typeof command.run !== 'function') return 'has no run function'
  if (!['boolean', 'function'].includes(typeof command.ephemeral)) return 'does not say whether its answers are private'
  return undefined
}
