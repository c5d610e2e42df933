import type { Json } from '../store/store.ts'
import type { Link } from './links.ts'
import type { Lately } from './mass-refusal.ts'
import type { Noted } from './temporary-records.ts'

/** What is stored about a person, for their own eyes. */
export type Exported = Readonly<Record<string, Json>>

/** Times readable, secrets only as "present". Undefined when there is nothing. */
export function exportOf(
  link: Link | undefined,
  lately: Lately,
  unlinkedAt: number | undefined,
  traces: readonly Noted[],
): Exported | undefined {
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
