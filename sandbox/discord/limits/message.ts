import { z } from 'zod'
import { rows } from './components.ts'
import { embeds } from './embeds.ts'
import { because } from './form.ts'
import { flags, optionalText, snowflake } from './text.ts'

const ephemeral = 64
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

/** What an interaction may be answered or followed up with, and what an answer may be edited to. */
export const answerBody = z.strictObject({ ...message, flags: flags(ephemeral | suppress) })

export const channelBody = z.strictObject({ ...message, flags: flags(suppress) })

/** What a bot changes of a thread. */
export const threadBody = z.strictObject({ archived: z.boolean() })

export const deferralBody = z.strictObject({ flags: flags(ephemeral | suppress) }).nullish()

export type MessageBody = z.output<typeof answerBody>
