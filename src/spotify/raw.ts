import type { HttpAnswer } from '../http.ts'

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
export function readRaw(answer: Pick<HttpAnswer, 'text' | 'latin1'>): Raw {
  const { latin1 } = answer
  if (latin1 === undefined || latin1.includes('\\u')) return { value: JSON.parse(answer.text), decode: (text) => text }
  return { value: JSON.parse(latin1), decode }
}

function decode(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text
}

const beyondAscii = /[\x80-\xff]/
