import type { RegisteredCommand } from '../state/commands.ts'
import { allCommands } from '../state/commands.ts'
import type { World } from '../state/world.ts'

/** An option of a registered command, as far as the client looks at it. */
export interface OptionDefinition {
  readonly type: number
  readonly name: string
  readonly required?: boolean
  readonly autocomplete?: boolean
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[]
  readonly min_value?: number
  readonly max_value?: number
  readonly min_length?: number
  readonly max_length?: number
  readonly options?: readonly OptionDefinition[]
}

export interface TypedCommand {
  readonly root: RegisteredCommand
  /** Subcommand group and subcommand below it, outermost first. */
  readonly branches: readonly OptionDefinition[]
  readonly options: readonly OptionDefinition[]
}

const subcommand = 1
const group = 2

/** The command of a typed line like "liked recent". @throws Error as the client's list would not offer it. */
export function findCommand(world: World, typed: string): TypedCommand {
  const commands = allCommands(world)
  const whole = commands.find(({ name, type }) => type !== 1 && name === typed)
  if (whole) return { root: whole, branches: [], options: [] }
  const [first, ...words] = typed.trim().split(/\s+/)
  const root = commands.find(({ name, type }) => type === 1 && name === first)
  if (!root)
    throw new Error(`There is no command /${typed}. Registered: ${commands.map(({ name }) => name).join(', ')}.`)
  const branches: OptionDefinition[] = []
  let options = optionsOf(root)
  for (const word of words) {
    const branch = options.find(({ name, type }) => name === word && (type === subcommand || type === group))
    if (!branch) throw new Error(`/${typed} is not a command: nothing is called "${word}".`)
    branches.push(branch)
    options = branch.options ?? []
  }
  if (options.some(({ type }) => type <= group))
    throw new Error(`/${typed} is not whole: one of its subcommands has to follow.`)
  return { root, branches, options }
}

function optionsOf(command: RegisteredCommand): readonly OptionDefinition[] {
  return (command['options'] ?? []) as readonly OptionDefinition[]
}
