import { z } from 'zod'
import { button, refuseRepeatedIds, row } from './components.ts'
import { because } from './form.ts'
import { componentId, optionalText, picture, text } from './text.ts'

const textDisplay = z.strictObject({ type: z.literal(10), id: componentId, content: text(4000) })

const media = z.strictObject({ url: picture })

const thumbnail = z.strictObject({
  type: z.literal(11),
  id: componentId,
  media,
  description: optionalText(1024),
  spoiler: z.boolean().optional(),
})

const section = z.strictObject({
  type: z.literal(9),
  id: componentId,
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.discriminatedUnion('type', [button, thumbnail]),
})

const item = z.strictObject({ media, description: optionalText(1024), spoiler: z.boolean().optional() })

const gallery = z.strictObject({ type: z.literal(12), id: componentId, items: z.array(item).min(1).max(10) })

const separator = z.strictObject({
  type: z.literal(14),
  id: componentId,
  divider: z.boolean().optional(),
  spacing: z.int().min(1).max(2).optional(),
})

const inside = [row, section, textDisplay, gallery, separator] as const

const container = z.strictObject({
  type: z.literal(17),
  id: componentId,
  accent_color: z.int().min(0).max(0xffffff).nullish(),
  spoiler: z.boolean().optional(),
  components: z.array(z.discriminatedUnion('type', inside)).min(1),
})

/**
 * Components V2: at most forty in a message, nested ones included, with at most 4,000 characters of text
 * (https://discord.com/developers/docs/components/reference).
 */
export const layout = z
  .array(z.discriminatedUnion('type', [...inside, container]))
  .min(1)
  .superRefine(refuseRepeatedIds)
  .superRefine((components, context) => {
    const all = components.flatMap(withNested)
    const refuse = (code: string, message: string): void =>
      context.addIssue({ code: 'custom', ...because(code, message) })
    if (all.length > 40) refuse('COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'Must be 40 or fewer components in total.')
    const length = all.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0)
    if (length > 4000) {
      refuse('COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', 'Displayable text size exceeds maximum size of 4000')
    }
  })

/** A component and all within it, in the order of reading. */
export function withNested(component: object): Record<string, unknown>[] {
  const { components = [], accessory } = component as { components?: readonly object[]; accessory?: object }
  return [
    component as Record<string, unknown>,
    ...[...components, ...(accessory ? [accessory] : [])].flatMap(withNested),
  ]
}
