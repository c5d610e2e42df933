import type { Json } from '../store/store.ts'
import type { Link } from './links.ts'
import type { RefreshHistory } from './mass-refusal.ts'
import type { RecordReference } from './temporary-records.ts'

const months = 6

/** When Spotify ends the consent, in milliseconds: six calendar months after it was given, whatever is refreshed. */
export function consentEnds({ authorizedAt }: Pick<Link, 'authorizedAt'>): number {
  const end = new Date(authorizedAt)
  const day = end.getUTCDate()
  end.setUTCMonth(end.getUTCMonth() + months)
  // A month without that day ends sooner, never later.
  if (end.getUTCDate() !== day) end.setUTCDate(0)
  return end.getTime()
}

/** What is stored about a person, for their own eyes. */
export type AccountExport = Readonly<Record<string, Json>>

/** Times readable, secrets only as "present". Undefined when there is nothing. */
export function accountExport(
  link: Link | undefined,
  lately: RefreshHistory,
  unlinkedAt: number | undefined,
  temporaryRecords: readonly RecordReference[],
): AccountExport | undefined {
  const nothingLately = !lately.refreshWorked && !lately.refreshRefused && temporaryRecords.length === 0
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
    forAWhile: temporaryRecords.map(({ kind, until }) => ({ what: kind, until: date(until), content: 'present' })),
  }
}

function date(time: number): string {
  return new Date(time).toISOString()
}
