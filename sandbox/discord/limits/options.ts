import { z } from 'zod'
import { choicesOf, localizations } from './choices.ts'
import { because } from './form.ts'
import { text } from './text.ts'

/** Lower case only, where a letter has one. */
export const slashName = z
  .string()
  .regex(/^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u)
  .refine((name) => name === name.toLowerCase(), because('APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid'))

const named = {
  name: slashName,
  name_localizations: localizations(32),
  description: text(100),
  description_localizations: localizations(100),
}

const value = { ...named, required: z.boolean().optional() }
const autocomplete = z.boolean().optional()

const valueOption = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal(3),
    ...value,
    autocomplete,
    choices: choicesOf(3).optional(),
    min_length: z.int().min(0).max(6000).optional(),
    max_length: z.int().min(1).max(6000).optional(),
  }),
  numberOption(4),
  numberOption(10),
  z.strictObject({ type: z.literal(7), ...value, channel_types: z.array(z.int().min(0).max(16)).optional() }),
  ...([5, 6, 8, 9, 11] as const).map((type) => z.strictObject({ type: z.literal(type), ...value })),
])

const valueOptions = z.array(valueOption).max(25).superRefine(refuseDisorder)

const subcommand = z.strictObject({ type: z.literal(1), ...named, options: valueOptions.optional() })

const group = z.strictObject({
  type: z.literal(2),
  ...named,
  options: z.array(subcommand).min(1).max(25).superRefine(refuseDisorder),
})

/** Options of a slash command: either subcommands and their groups or values, the required ones first. */
export const options = z
  .array(z.discriminatedUnion('type', [subcommand, group, valueOption]))
  .max(25)
  .superRefine((list, context) => {
    refuseDisorder(list, context)
    const branches = list.filter(({ type }) => type <= 2).length
    if (branches === 0 || branches === list.length) return
    const message = 'Sub-command and sub-command group option types are mutually exclusive to all other types'
    context.addIssue({ code: 'custom', ...because('APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message) })
  })

interface Ordered {
  readonly name: string
  readonly required?: boolean | undefined
  readonly choices?: readonly unknown[] | undefined
  readonly autocomplete?: boolean | undefined
}

function numberOption<T extends 4 | 10>(type: T) {
  const limit = (type === 4 ? z.int() : z.number()).optional()
  return z.strictObject({
    type: z.literal(type),
    ...value,
    autocomplete,
    choices: choicesOf(type).optional(),
    min_value: limit,
    max_value: limit,
  })
}

function refuseDisorder(list: readonly Ordered[], context: z.RefinementCtx): void {
  const names = new Set<string>()
  let optionalSeen = false
  for (const [index, option] of list.entries()) {
    const refuse = (code: string, message: string) =>
      context.addIssue({ code: 'custom', path: [index], ...because(code, message) })
    if (names.has(option.name)) refuse('APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE', 'Option name is already used')
    if (option.required && optionalSeen) {
      refuse(
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      )
    }
    if (option.autocomplete && option.choices?.length) {
      refuse('APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES', 'Autocomplete and choices are mutually exclusive')
    }
    names.add(option.name)
    optionalSeen ||= !option.required
  }
}
