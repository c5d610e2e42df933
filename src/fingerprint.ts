import { createHash } from 'node:crypto'

/**
 * What is stored instead of a secret, or of something long: it finds the record, and the record does not give the
 * secret away. Not for what can be guessed, such as ids of people: those get a mark of the key ring.
 */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
