import { z } from 'zod'
import { localizations } from './choices.ts'
import { because } from './form.ts'
import { options, slashName } from './options.ts'
import { text } from './text.ts'

const slash = 1

const common = {
  // A bulk overwrite may carry what an earlier answer said.
  id: z.string().optional(),
  name_localizations: localizations(32),
  default_member_permissions: z.string().regex(/^\d+$/).nullish(),
  dm_permission: z.boolean().nullish(),
  nsfw: z.boolean().optional(),
  contexts: uniqueNumbers(2).nullish(),
  integration_types: uniqueNumbers(1).nullish(),
}

const slashCommand = z.strictObject({
  ...common,
  type: z.literal(slash),
  name: slashName,
  description: text(100),
  description_localizations: localizations(100),
  options: options.optional(),
})

const commandBody = z.preprocess(
  (body) => (typeof body === 'object' && body !== null ? { type: slash, ...body } : body),
  z.discriminatedUnion('type', [slashCommand, menuCommand(2), menuCommand(3)]),
)

/** All commands of a scope: slash commands, and those in the menu of a person (2) or a message (3). */
export const commandBodies = z.array(commandBody).superRefine((list, context) => {
  const refuse = (index: number, code: string, message: string) =>
    context.addIssue({ code: 'custom', path: [index], ...because(code, message) })
  const seen = new Set<string>()
  for (const [index, command] of list.entries()) {
    const key = `${command.type} ${command.name}`
    if (seen.has(key)) refuse(index, 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique')
    seen.add(key)
    if (lengthOf(command) > 8000) refuse(index, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)')
  }
  for (const [type, most] of [
    [1, 100],
    [2, 15],
    [3, 15],
  ] as const) {
    if (list.filter((command) => command.type === type).length <= most) continue
    context.addIssue({ code: 'custom', ...because('MAX_COMMANDS', `At most ${most} commands of type ${type}.`) })
  }
})

export type CommandBody = z.output<typeof commandBody>

function menuCommand<T extends 2 | 3>(type: T) {
  return z.strictObject({ ...common, type: z.literal(type), name: text(32), description: z.literal('').optional() })
}

function uniqueNumbers(most: number) {
  return z
    .array(z.int().min(0).max(most))
    .refine(
      (list) => new Set(list).size === list.length,
      because('SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value'),
    )
}

/** Discord counts names, descriptions and choice values of a command and of all below it. */
function lengthOf(node: object): number {
  return Object.entries(node).reduce((sum, [key, value]) => {
    if (['name', 'description', 'value'].includes(key)) return sum + String(value ?? '').length
    if (!['options', 'choices'].includes(key) || !Array.isArray(value)) return sum
    return sum + value.reduce((inner: number, item: object) => inner + lengthOf(item), 0)
  }, 0)
}
