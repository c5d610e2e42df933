import { z } from 'zod'
import { rows } from './components.ts'
import { embeds } from './embeds.ts'
import { because } from './form.ts'
import { layout } from './layout.ts'
import { flags, optionalText, snowflake } from './text.ts'

const ephemeral = 64
/** Components V2: components are all there is. */
export const layoutFlag = 32768
const suppress = 4 | 4096

const allowedMentions = z
  .strictObject({
    parse: z
      .array(z.enum(['roles', 'users', 'everyone']))
      .max(3)
      .optional(),
    users: z.array(snowflake).max(100).optional(),
    roles: z.array(snowflake).max(100).optional(),
    replied_user: z.boolean().optional(),
  })
  .superRefine((mentions, context) => {
    for (const kind of ['users', 'roles'] as const) {
      if (!mentions.parse?.includes(kind) || !mentions[kind]?.length) continue
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`
      context.addIssue({
        code: 'custom',
        path: [kind],
        ...because('MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message),
      })
    }
  })

const attachment = z.strictObject({
  id: z.union([z.int().min(0), z.string().regex(/^\d{1,20}$/)]).transform(String),
  filename: z.string().min(1).max(1024).optional(),
  title: optionalText(1024),
  description: optionalText(1024),
})

const message = {
  content: optionalText(2000),
  embeds: embeds.nullish(),
  components: rows.nullish(),
  allowed_mentions: allowedMentions.nullish(),
  attachments: z.array(attachment).max(10).nullish(),
  tts: z.boolean().optional(),
  nonce: z
    .union([z.string().max(25), z.int()])
    .transform(String)
    .optional(),
  enforce_nonce: z.boolean().optional(),
}

const answerBody = z.strictObject({ ...message, flags: flags(ephemeral | suppress) })
const channelBody = z.strictObject({ ...message, flags: flags(suppress) })

const legacy = because(
  'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
  'This field cannot be used when using MessageFlags.IS_COMPONENTS_V2',
)

const layoutBody = z.strictObject({
  ...message,
  content: z
    .string()
    .nullish()
    .refine((content) => !content, legacy),
  embeds: z
    .array(z.unknown())
    .nullish()
    .refine((list) => !list?.length, legacy)
    .transform(() => null),
  components: layout.nullish(),
})

/**
 * What an interaction may be answered or followed up with, and what an answer with these flags may be edited to: once
 * Components V2, a message stays so.
 */
export function answerBodyFor(body: unknown, flagsBefore = 0): z.ZodType<MessageBody> {
  return bodyFor(body, flagsBefore, answerBody, ephemeral)
}

/** The same for what a bot posts unasked. */
export function channelBodyFor(body: unknown, flagsBefore = 0): z.ZodType<MessageBody> {
  return bodyFor(body, flagsBefore, channelBody)
}

function bodyFor(body: unknown, before: number, usual: z.ZodType, more = 0): z.ZodType<MessageBody> {
  const given = typeof body === 'object' && body !== null && 'flags' in body ? Number(body.flags) : 0
  const isLayout = ((given | before) & layoutFlag) !== 0
  const shape = isLayout ? layoutBody.extend({ flags: flags(more | suppress | layoutFlag) }) : usual
  return shape as unknown as z.ZodType<MessageBody>
}

/** What a bot changes of a thread. */
export const threadBody = z.strictObject({ archived: z.boolean() })

export const deferralBody = z.strictObject({ flags: flags(ephemeral | suppress) }).nullish()

export type MessageBody = z.output<typeof answerBody>
