import { z } from 'zod'
import { because } from './form.ts'

/** Text that must be there; Discord trims it before it counts. */
export const text = (most: number) => z.string().trim().min(1).max(most)

export const optionalText = (most: number) => z.string().trim().max(most).nullish()

export const snowflake = z.string().regex(/^\d{17,20}$/)

/** Not trimmed: Discord hands it back as it came. */
export const customId = z.string().min(1).max(100)

/** The number that Discord gives each component; bots that send a received message back send it too. */
export const componentId = z.int().min(0).optional()

export const webAddress = z.string().max(2048).superRefine(refuseOtherAddresses)

/** A picture lies on the web or among the files of the same message. */
export const picture = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    if (!/^attachment:\/\/[\w.-]+$/.test(value)) refuseOtherAddresses(value, context)
  })

export const emoji = z.strictObject({
  id: snowflake.nullish(),
  name: z.string().max(64).nullish(),
  animated: z.boolean().nullish(),
})

/** Bits outside `allowed` are refused. */
export const flags = (allowed: number) =>
  z
    .int()
    .refine(
      (value) => (value & ~allowed) === 0,
      because('BITFIELD_INVALID', `Only flags of ${allowed} are known here.`),
    )
    .nullish()

function refuseOtherAddresses(value: string, context: z.RefinementCtx): void {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    const message = `Scheme "${scheme}" must be one of ('http', 'https').`
    context.addIssue({ code: 'custom', ...because('URL_TYPE_INVALID_SCHEME', message) })
  } else if (!URL.canParse(value)) {
    context.addIssue({ code: 'custom', ...because('URL_TYPE_INVALID_URL', 'Not a well formed URL.') })
  }
}
