import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { ApplicationCommandOptionType } from 'discord.js'
import type { Command, CommandGroup, Subcommand } from '../command.ts'
import type { CommandSummary } from '../context.ts'
import { StartupError } from '../errors.ts'

/** A command as Discord is told about it, and what is behind each of its subcommands. */
export interface LoadedCommand extends Pick<Command, 'data' | 'contextMenus' | 'component' | 'readOnlyComponents'> {
  /** Paths from the folder's parent: of the command, and of its subcommands in the order of its options. */
  readonly file: string
  readonly subcommandFiles: readonly string[]
  /** Undefined for a name that is none; null is the command itself, where it has no subcommands. */
  find(subcommand: string | null): Command | Subcommand | undefined
}

export type Commands = ReadonlyMap<string, LoadedCommand>

const groupFile = 'command.ts'

/**
 * Every command in the folder, by name: a file, or a folder with `command.ts` and a file a subcommand. The folder is the
 * list: there is no other. Its URL ends with a slash. Rejects with StartupError for the first file that does not fit.
 */
export async function loadCommands(folder: URL): Promise<Commands> {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const commands = await Promise.all(
    entries.flatMap((entry) => {
      if (entry.isDirectory()) return loadGroup(new URL(`${encodeURIComponent(entry.name)}/`, folder), entry.name)
      return entry.name.endsWith('.ts') ? loadFile(folder, entry.name) : []
    }),
  )
  return new Map(commands.map((command) => [command.data.name, command]))
}

/** What `/help` says of it. */
export function summaryOf({ data, contextMenus = {} }: LoadedCommand): CommandSummary {
  const { name, description, options = [] } = data
  const subcommands = options.filter(({ type }) => type === ApplicationCommandOptionType.Subcommand)
  const entries = subcommands.map((one) => ({ typed: `${name} ${one.name}`, description: one.description }))
  return {
    name,
    entries: entries.length > 0 ? entries : [{ typed: name, description }],
    contextMenus: Object.keys(contextMenus),
  }
}

async function loadFile(folder: URL, name: string): Promise<LoadedCommand> {
  const file = `commands/${name}`
  const command = await load<Command>(new URL(encodeURIComponent(name), folder), file, basename(name, '.ts'))
  checkExecutable(command, file)
  return {
    ...handlersOf(command),
    data: command.data,
    file,
    subcommandFiles: [],
    find: (sub) => (sub === null ? command : undefined),
  }
}

async function loadGroup(folder: URL, name: string): Promise<LoadedCommand> {
  const file = `commands/${name}/${groupFile}`
  const group = await load<CommandGroup>(new URL(groupFile, folder), file, name)
  const places = new Map(group.order?.map((one, place) => [`${one}.ts`, place]))
  const placeOf = (one: string): number => places.get(one) ?? places.size
  const files = (await readdir(folder))
    .filter((one) => one.endsWith('.ts') && one !== groupFile)
    .toSorted((one, other) => placeOf(one) - placeOf(other) || (one < other ? -1 : 1))
  const subcommands = await Promise.all(
    files.map(async (one) => {
      const path = `commands/${name}/${one}`
      const subcommand = await load<Subcommand>(new URL(encodeURIComponent(one), folder), path, basename(one, '.ts'))
      checkExecutable(subcommand, path)
      return subcommand
    }),
  )
  if (subcommands.length === 0) throw new StartupError(`commands/${name} holds no subcommand beside ${groupFile}`)
  const byName = new Map(subcommands.map((one) => [one.data.name, one]))
  const data = { ...group.data, options: subcommands.map((one) => one.data) }
  const subcommandFiles = files.map((one) => `commands/${name}/${one}`)
  return { ...handlersOf(group), data, file, subcommandFiles, find: (sub) => byName.get(sub ?? '') }
}

function handlersOf({ contextMenus, component, readOnlyComponents }: CommandGroup) {
  return {
    ...(contextMenus && { contextMenus }),
    ...(component && { component }),
    ...(readOnlyComponents && { readOnlyComponents }),
  }
}

/** A default export with the name of its file, and a description. */
async function load<Content extends CommandGroup | Subcommand>(url: URL, file: string, name: string): Promise<Content> {
  const content = await contentOf<Content>(url, file)
  const refuse = (why: string): never => {
    throw new StartupError(`${file} ${why}`)
  }
  if (typeof content !== 'object' || content === null)
    return refuse('has no default export: export default { data, ephemeral, readOnly, execute }')
  const { data } = content
  if (data?.name !== name) return refuse(`holds a command called "${data?.name}": its name and the file's must be one`)
  if (!data.description) return refuse('has no description: people see it while typing')
  return content as Content
}

function checkExecutable({ execute, ephemeral, readOnly }: Partial<Command | Subcommand>, file: string): void {
  const wrong = [
    ...(typeof execute === 'function' ? [] : ['has no execute function']),
    ...(['boolean', 'function'].includes(typeof ephemeral) ? [] : ['does not say whether its answers are ephemeral']),
    ...(typeof readOnly === 'boolean' ? [] : ['does not say whether it is readOnly']),
  ]
  if (wrong[0] !== undefined) throw new StartupError(`${file} ${wrong[0]}`)
}

async function contentOf<Content>(url: URL, file: string): Promise<Partial<Content> | undefined> {
  try {
    const { default: content } = (await import(url.href)) as { default?: Partial<Content> }
    return content
  } catch (cause) {
    throw new StartupError(`${file} cannot be loaded: ${reasonIn(cause)}`, { cause })
  }
}

/** A parser gives the place at the top of the stack and nowhere else, so all before the calls is told. */
function reasonIn(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const told = cause.stack?.split(/\n\s+at /, 1)[0]?.trim()
  return told?.includes(cause.message) ? told : cause.message
}
