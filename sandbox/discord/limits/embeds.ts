import { z } from 'zod'
import { because } from './form.ts'
import { optionalText, picture, text, webAddress } from './text.ts'

type Embed = z.output<typeof embed>

const media = z.strictObject({
  url: picture,
  proxy_url: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
})

const embed = z.strictObject({
  type: z.literal('rich').optional(),
  title: optionalText(256),
  description: optionalText(4096),
  url: webAddress.nullish(),
  color: z.int().min(0).max(0xffffff).nullish(),
  timestamp: z.iso.datetime({ offset: true }).nullish(),
  footer: z
    .strictObject({ text: text(2048), icon_url: picture.nullish(), proxy_icon_url: z.string().optional() })
    .nullish(),
  author: z
    .strictObject({
      name: text(256),
      url: webAddress.nullish(),
      icon_url: picture.nullish(),
      proxy_icon_url: z.string().optional(),
    })
    .nullish(),
  image: media.nullish(),
  thumbnail: media.nullish(),
  fields: z
    .array(z.strictObject({ name: text(256), value: text(1024), inline: z.boolean().nullish() }))
    .max(25)
    .nullish(),
})

/** At most ten, none of them empty, at most 6000 characters over all. What is null is left out of the result. */
export const embeds = z
  .array(embed)
  .max(10)
  .superRefine((list, context) => {
    for (const [index, item] of list.entries()) {
      if (isEmpty(item)) {
        const path = [index, 'description']
        context.addIssue({ code: 'custom', path, ...because('BASE_TYPE_REQUIRED', 'This field is required') })
      }
    }
    if (list.reduce((sum, item) => sum + lengthOf(item), 0) > 6000) {
      const message = 'Embed size exceeds maximum size of 6000'
      context.addIssue({ code: 'custom', ...because('MAX_EMBED_SIZE_EXCEEDED', message) })
    }
  })
  .transform((list) => list.map(withoutNulls))

function isEmpty({ title, description, image, thumbnail, author, footer, fields }: Embed): boolean {
  return ![title, description, image, thumbnail, author, footer, fields?.length].some(Boolean)
}

function lengthOf({ title, description, footer, author, fields }: Embed): number {
  const texts = [
    title,
    description,
    footer?.text,
    author?.name,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
  ]
  return texts.reduce((sum, part) => sum + (part?.length ?? 0), 0)
}

function withoutNulls(item: Embed): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null && value !== undefined))
}
