import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import {
  ApplicationCommandOptionType,
  Locale,
  type APIApplicationCommandBasicOption,
  type LocalizationMap,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import type { Command, CommandGroup, Options, Subcommand } from '../command.ts'
import { StartupError } from '../errors.ts'
import { defaultLocale, describe, type OtherWords } from '../i18n.ts'

/** A command as Discord is told about it, and what is behind each of its subcommands. */
export interface LoadedCommand extends Pick<Command, 'contextMenus' | 'component' | 'readOnlyComponents'> {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody
  /** Paths from the folder's parent: of the command, then of its subcommands in the order of its options. */
  readonly files: readonly string[]
  /** Undefined for a name that is none; null is the command itself, where it has no subcommands. */
  find(subcommand: string | null): Command | Subcommand | undefined
}

/** The words for a key; none for a key that is not there. */
type Says = (key: string) => string
/** In English, and in other languages. */
interface Describing {
  readonly says: Says
  readonly others: OtherWords
}

export type Commands = ReadonlyMap<string, LoadedCommand>

const groupFile = 'command.ts'

/**
 * Every command in the folder, by name: a file, or a folder with `command.ts` and a file a subcommand. The folder is the
 * list: there is no other. Its URL ends with a slash. `says`: of commands and options; `others`: in other languages. Rejects with StartupError for the first file that does not fit.
 */
export async function loadCommands(
  folder: URL,
  says: Says = describe,
  others: OtherWords = () => ({}),
): Promise<Commands> {
  const describing = { says, others }
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const commands = await Promise.all(
    entries.flatMap((entry) => {
      if (entry.isDirectory()) return loadGroup(folder, entry.name, describing)
      return entry.name.endsWith('.ts') ? loadFile(folder, entry.name, describing) : []
    }),
  )
  return new Map(commands.map((command) => [command.data.name, command]))
}

async function loadFile(folder: URL, name: string, describing: Describing): Promise<LoadedCommand> {
  const command = await load<Command>(folder, name, describing.says)
  const data = withWords(command.data, name, describing)
  return { ...command, data, files: [`commands/${name}`], find: (sub) => (sub === null ? command : undefined) }
}

async function loadGroup(folder: URL, name: string, describing: Describing): Promise<LoadedCommand> {
  const { says } = describing
  const group = await load<CommandGroup>(folder, `${name}/${groupFile}`, says)
  const files = (await readdir(urlOf(`${name}/`, folder))).filter((one) => one.endsWith('.ts') && one !== groupFile)
  if (files.length === 0) throw new StartupError(`commands/${name} holds no subcommand beside ${groupFile}`)
  const first = (group.order ?? []).map((one) => `${one}.ts`)
  const paths = [...new Set([...first, ...files.toSorted()])].map((one) => `${name}/${one}`)
  const subcommands = await Promise.all(paths.map((path) => load<Subcommand>(folder, path, says)))
  const type = ApplicationCommandOptionType.Subcommand as const
  const options = subcommands.map(({ data }, place) => ({ ...withWords(data, paths[place] ?? '', describing), type }))
  return {
    ...group,
    data: { ...withWords(group.data, `${name}/${groupFile}`, describing), options },
    files: [`${name}/${groupFile}`, ...paths].map((path) => `commands/${path}`),
    find: (sub) => subcommands.find(({ data }) => data.name === sub),
  }
}

async function load<Content extends CommandGroup | Subcommand>(
  folder: URL,
  path: string,
  says: Says,
): Promise<Content> {
  const { default: content } = await import(urlOf(path, folder).href).catch((cause: unknown) => {
    throw new StartupError(`commands/${path} cannot be loaded: ${reasonIn(cause)}`, { cause })
  })
  const flaw = flawIn(content, path, says)
  if (flaw) throw new StartupError(`commands/${path} ${flaw}`)
  return content as Content
}

function withWords<Data extends { readonly name: string; readonly options?: Options }>(
  data: Data,
  path: string,
  { says, others }: Describing,
) {
  const described = (key: string) => {
    const description_localizations = ofDiscord(others(key))
    return { description: says(key), ...(description_localizations && { description_localizations }) }
  }
  const options = (data.options ?? []).map((option) => {
    const whole = { ...option, ...described(keyOfOption(path, option.name, says)) }
    if (!('choices' in option) || !option.choices) return whole
    const choices = option.choices.map((choice) => {
      const name_localizations = ofDiscord(others(`choice.${choice.name}`))
      return { ...choice, ...(name_localizations && { name_localizations }) }
    })
    return { ...whole, choices } as APIApplicationCommandBasicOption
  })
  return { ...data, ...described(keyOf(path)), options }
}

/** Of the languages that Discord knows; undefined where that is none. */
function ofDiscord(said: ReturnType<OtherWords>): LocalizationMap | undefined {
  const known = Object.entries(said).filter(([name]) => (Object.values(Locale) as string[]).includes(name))
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

/** Of an option in this command, or else wherever there is one. */
function keyOfOption(path: string, name: string, says: Says): string {
  const own = `${keyOf(path).replace('command', 'option')}.${name}`
  return says(own) ? own : `option.${name}`
}

/** `commands/liked/recent.ts` is `command.liked.recent`. */
function keyOf(path: string): string {
  return `command.${path.replace(/(?:\/command)?\.ts$/, '').replaceAll('/', '.')}`
}

/** Each has the name of its file, and a description; all but `command.ts` in a folder can be executed. */
function flawIn(content: unknown, path: string, says: Says): string | undefined {
  if (typeof content !== 'object' || content === null)
    return 'has no default export: export default { data, ephemeral, readOnly, execute }'
  const { data, execute, ephemeral, readOnly } = content as Partial<Subcommand>
  const isGroup = path.endsWith(`/${groupFile}`)
  const name = basename(isGroup ? dirname(path) : path, '.ts')
  if (data?.name !== name) return `holds a command called "${data?.name}": its name and the file's must be one`
  const silent = data.options?.find((option) => !says(keyOfOption(path, option.name, says)))
  const missing = says(keyOf(path)) ? silent && `option.${silent.name}` : keyOf(path)
  if (missing) return `has no description: put "${missing}" into locales/${defaultLocale}.json`
  if (isGroup) return undefined
  if (typeof execute !== 'function') return 'has no execute function'
  if (!['boolean', 'function'].includes(typeof ephemeral)) return 'does not say whether its answers are ephemeral'
  return typeof readOnly === 'boolean' ? undefined : 'does not say whether it is readOnly'
}

function urlOf(path: string, folder: URL): URL {
  return new URL(path.split('/').map(encodeURIComponent).join('/'), folder)
}

/** A parser gives the place at the top of the stack and nowhere else, so all before the calls is told. */
function reasonIn(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const told = cause.stack?.split(/\n\s+at /, 1)[0]?.trim()
  return told?.includes(cause.message) ? told : cause.message
}
