import type { Link } from './links.ts'
import type { Json } from '../store/store.ts'
import type { RefreshHistory } from './mass-refusal.ts'
import type { RecordReference } from './temporary-records.ts'

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

/** What is stored about a person, for their own eyes. */
export type AccountExport = Readonly<Record<string, Json>>

/** Times readable, secrets only as "present". Undefined when there is nothing. */
export function accountExport(
  link: Link | undefined,
  lately: RefreshHistory,
  unlinkedAt: number | undefined,
  traces: readonly RecordReference[],
): AccountExport | undefined {
  const nothingLately = !lately.refreshWorked && !lately.refreshRefused && traces.length === 0
  if (!link && nothingLately && unlinkedAt === undefined) return undefined
  return {
    link: link
      ? {
          ...link,
          authorizedAt: date(link.authorizedAt),
          endedAt: link.endedAt === null ? null : date(link.endedAt),
          refreshToken: 'present',
        }
      : null,
    lastTenMinutes: { ...lately },
    unlinkedAt: unlinkedAt === undefined ? null : date(unlinkedAt),
    forAWhile: traces.map(({ kind, until }) => ({ what: kind, until: date(until), content: 'present' })),
  }
}

function date(time: number): string {
  return new Date(time).toISOString()
}
