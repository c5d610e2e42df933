import { errorMessage } from '../../src/error-messages.ts'
import { createLanguages, defaultLocale, say } from '../../src/i18n.ts'

/** What people are told in English. */
export const english = createLanguages().memo(defaultLocale)

/** What a person is told of a failure; undefined for an unexpected one. */
export function sentenceOf(error: unknown): string | undefined {
  const known = errorMessage(error)
  return known && say(english, known.message)
}
