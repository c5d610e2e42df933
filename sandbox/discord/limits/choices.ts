import { Locale } from 'discord.js'
import { z } from 'zod'
import { text } from './text.ts'

export const localizations = (most: number) => z.partialRecord(z.enum(Locale), text(most)).nullish()

/** Choices of an option of this type: 3 is text, 4 a whole number, 10 a number. */
export const choicesOf = (type: number) =>
  z
    .array(
      z.strictObject({
        name: text(100),
        name_localizations: localizations(100),
        value: type === 3 ? z.string().min(1).max(100) : type === 4 ? z.int() : z.number(),
      }),
    )
    .max(25)

export const autocompleteBody = (type: number) => z.strictObject({ choices: choicesOf(type) })
