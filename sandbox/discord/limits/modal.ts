import { z } from 'zod'
import { refuseRepeatedIds } from './components.ts'
import { because } from './form.ts'
import { stringSelect } from './selects.ts'
import { componentId, customId, optionalText, text } from './text.ts'

const input = {
  type: z.literal(4),
  id: componentId,
  custom_id: customId,
  style: z.int().min(1).max(2),
  min_length: z.int().min(0).max(4000).nullish(),
  max_length: z.int().min(1).max(4000).nullish(),
  required: z.boolean().nullish(),
  value: z.string().max(4000).nullish(),
  placeholder: optionalText(100),
}

const labelledInput = z.strictObject(input).superRefine(refuseCrossedLengths)
const inputWithLabel = z.strictObject({ ...input, label: text(45) }).superRefine(refuseCrossedLengths)

const label = z.strictObject({
  type: z.literal(18),
  id: componentId,
  label: text(45),
  description: optionalText(100),
  component: z.discriminatedUnion('type', [labelledInput, stringSelect]),
})

const row = z.strictObject({ type: z.literal(1), id: componentId, components: z.array(inputWithLabel).length(1) })

const note = z.strictObject({ type: z.literal(10), id: componentId, content: text(4000) })

export const modalBody = z.strictObject({
  custom_id: customId,
  title: text(45),
  components: z
    .array(z.discriminatedUnion('type', [label, row, note]))
    .min(1)
    .max(5)
    .superRefine(refuseRepeatedIds),
})

export type ModalBody = z.output<typeof modalBody>

interface Lengths {
  readonly min_length?: number | null | undefined
  readonly max_length?: number | null | undefined
}

function refuseCrossedLengths({ min_length: least, max_length: most }: Lengths, context: z.RefinementCtx): void {
  if ((least ?? 0) <= (most ?? 4000)) return
  const message = 'min_length must be less than or equal to max_length'
  context.addIssue({ code: 'custom', path: ['min_length'], ...because('TEXT_INPUT_LENGTHS_CROSSED', message) })
}
