import { z } from 'zod'
import { because } from './form.ts'
import { channelSelect, stringSelect, userSelect } from './selects.ts'
import { componentId, customId, emoji, optionalText, webAddress } from './text.ts'

const link = 5

export const button = z
  .strictObject({
    type: z.literal(2),
    id: componentId,
    style: z.int().min(1).max(link),
    label: optionalText(80),
    emoji: emoji.nullish(),
    disabled: z.boolean().optional(),
    custom_id: customId.optional(),
    url: webAddress.max(512).optional(),
  })
  .superRefine(({ style, label, emoji: picture, custom_id: id, url }, context) => {
    const refuse = (path: string, code: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], ...because(code, message) })
    if (id !== undefined && url !== undefined) {
      refuse(
        'custom_id',
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      )
    } else if (style === link && url === undefined) {
      refuse('url', 'BASE_TYPE_REQUIRED', 'This field is required')
    } else if (style !== link && id === undefined) {
      refuse('custom_id', 'BASE_TYPE_REQUIRED', 'This field is required')
    }
    if (!label && !picture) refuse('label', 'BUTTON_COMPONENT_INVALID_EMPTY', 'A button must have a label or an emoji')
  })

export const row = z
  .strictObject({
    type: z.literal(1),
    id: componentId,
    components: z.array(z.discriminatedUnion('type', [button, stringSelect, userSelect, channelSelect])).min(1),
  })
  .superRefine(({ components }, context) => {
    const width = components.reduce((sum, { type }) => sum + (type === 2 ? 1 : 5), 0)
    if (width > 5) {
      const message = 'The specified component exceeds the maximum width'
      context.addIssue({ code: 'custom', path: ['components'], ...because('COMPONENT_LAYOUT_WIDTH_EXCEEDED', message) })
    }
  })

/** Action rows of a message: at most five, five buttons or one select in each, every custom id once. */
export const rows = z.array(row).max(5).superRefine(refuseRepeatedIds)

/** Refuses a custom id that occurs twice anywhere below `components`. */
export function refuseRepeatedIds(components: readonly unknown[], context: z.RefinementCtx): void {
  const seen = new Set<unknown>()
  visit(components, [])

  function visit(node: unknown, path: PropertyKey[]): void {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      const here = [...path, Array.isArray(node) ? Number(key) : key]
      if (key !== 'custom_id') visit(value, here)
      else if (value !== undefined && seen.has(value)) {
        const message = 'Component custom id cannot be duplicated'
        context.addIssue({ code: 'custom', path: here, ...because('COMPONENT_CUSTOM_ID_DUPLICATED', message) })
      } else seen.add(value)
    }
  }
}
