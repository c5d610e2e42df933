import { randomBytes } from 'node:crypto'

/** 256 random bits that nobody can guess, in 43 characters that a URL or cookie carries unchanged. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function isSecretShaped(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}

/** Throws when the machine's random source repeats itself: every link would be guessable. */
export function checkRandomSource(source: (size: number) => Buffer = randomBytes): void {
  const drawn = [source(32), source(32)] as const
  if (drawn[0].equals(drawn[1]) || drawn.some((bytes) => new Set(bytes).size < 4)) {
    throw new Error('The random source of this machine repeats itself, so no link would be safe. Nothing was started.')
  }
}
