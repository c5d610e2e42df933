import type { Link } from './links.ts'

const months = 6
const soon = 14 * 24 * 60 * 60 * 1000
const mostNoted = 20_000

/** When Spotify ends the consent, in milliseconds: six calendar months after it was given, whatever is refreshed. */
export function consentEnds({ authorizedAt }: Pick<Link, 'authorizedAt'>): number {
  const end = new Date(authorizedAt)
  const day = end.getUTCDate()
  end.setUTCMonth(end.getUTCMonth() + months)
  // A month without that day ends sooner, never later.
  if (end.getUTCDate() !== day) end.setUTCDate(0)
  return end.getTime()
}

/** Ends of the consents of people seen lately, in memory: a reminder is not worth a question to the store. */
export interface ConsentEnds {
  record(person: string, link: Link | undefined): void
  /** When the person's consent ends, in milliseconds, if that is within two weeks. */
  endsSoon(person: string): number | undefined
}

export function createConsentEnds(now: () => number): ConsentEnds {
  const ends = new Map<string, number>()
  return {
    record(person, link) {
      ends.delete(person)
      if (link) ends.set(person, consentEnds(link))
      const [oldest] = ends.keys()
      if (ends.size > mostNoted && oldest !== undefined) ends.delete(oldest)
    },
    endsSoon(person) {
      const end = ends.get(person)
      return end !== undefined && end > now() && end - now() <= soon ? end : undefined
    },
  }
}
