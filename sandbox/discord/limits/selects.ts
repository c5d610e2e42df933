import { z } from 'zod'
import { because } from './form.ts'
import { componentId, customId, emoji, optionalText, snowflake, text } from './text.ts'

const select = {
  id: componentId,
  custom_id: customId,
  placeholder: optionalText(150),
  min_values: z.int().min(0).max(25).optional(),
  max_values: z.int().min(1).max(25).optional(),
  disabled: z.boolean().optional(),
  required: z.boolean().optional(),
}

const choice = z.strictObject({
  label: text(100),
  value: text(100),
  description: optionalText(100),
  emoji: emoji.nullish(),
  default: z.boolean().optional(),
})

export const stringSelect = z
  .strictObject({ type: z.literal(3), ...select, options: z.array(choice).min(1).max(25) })
  .superRefine(({ options, min_values: least = 1, max_values: most = 1 }, context) => {
    const values = new Set(options.map(({ value }) => value))
    if (values.size < options.length) {
      const message = 'The specified option value is already used'
      context.addIssue({
        code: 'custom',
        path: ['options'],
        ...because('SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', message),
      })
    }
    if (Math.max(least, most) > options.length || least > most) {
      const message = 'Does not fit the number of options.'
      context.addIssue({ code: 'custom', path: ['max_values'], ...because('NUMBER_TYPE_MAX', message) })
    }
  })

const defaults = z
  .array(z.strictObject({ id: snowflake, type: z.enum(['user', 'role', 'channel']) }))
  .max(25)
  .optional()

export const userSelect = z.strictObject({ type: z.literal(5), ...select, default_values: defaults })

export const channelSelect = z.strictObject({
  type: z.literal(8),
  ...select,
  default_values: defaults,
  channel_types: z.array(z.int().min(0).max(16)).optional(),
})
