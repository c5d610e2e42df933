import type { HttpResponse } from '../http.ts'

/** JSON whose text has still to be decoded, piece by piece. */
export interface Raw {
  readonly value: unknown
  decode(text: string): string
}

/**
 * Reads JSON of which most is never looked at: every byte of its UTF-8 is taken for a character, which is parsed in
 * half the time, and `decode` makes the pieces readable that are wanted. Where characters are written as escapes,
 * those could not be told from bytes, and it is decoded whole. Throws SyntaxError.
 */
export function readRaw(answer: Pick<HttpResponse, 'text' | 'latin1'>): Raw {
  const latin1 = answer.latin1?.()
  if (latin1 === undefined) return { value: JSON.parse(answer.text()), decode: asItIs }
  if (latin1.includes('\\u')) return { value: JSON.parse(decode(latin1)), decode: asItIs }
  return { value: JSON.parse(latin1), decode }
}

function decode(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text
}

function asItIs(text: string): string {
  return text
}

const beyondAscii = /[\x80-\xff]/
