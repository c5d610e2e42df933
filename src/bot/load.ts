import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from './command.ts'

/** A file in the folder of commands is not a command. The message names the file. */
export class CommandFileError extends Error {
  override readonly name = 'CommandFileError'
}

/** Every command in the folder, by name. The folder is the list: there is no other. */
export async function loadCommands(folder: URL): Promise<Map<string, Command>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted()
  const commands = await Promise.all(files.map((name) => load(new URL(name, folder), name)))
  return new Map(commands.map((command) => [command.data.name, command]))
}

async function load(url: URL, file: string): Promise<Command> {
  const module = (await import(pathToFileURL(url.pathname).href)) as { default?: unknown }
  const command = module.default as Partial<Command> | undefined
  const name = basename(file, '.ts')
  const wrong = complaint(command, name)
  if (wrong) throw new CommandFileError(`commands/${file} ${wrong}`)
  return command as Command
}

function complaint(command: Partial<Command> | undefined, name: string): string | undefined {
  if (typeof command !== 'object' || command === null)
    return 'has no default export: export default { data, private, run }'
  if (command.data?.name !== name)
    return `holds a command called "${command.data?.name}": its name and the file's must be one`
  if (typeof command.run !== 'function') return 'has no run function'
  if (!['boolean', 'function'].includes(typeof command.private)) return 'does not say whether its answers are private'
  return undefined
}
