import type { Json } from '../store/store.ts'
import type { Link } from './links.ts'
import type { Lately } from './refusals.ts'

/** What is stored about a person, for their own eyes. */
export type Exported = Readonly<Record<string, Json>>

/** Times readable, secrets only as "present". Undefined when there is nothing. */
export function exportOf(link: Link | undefined, lately: Lately, unlinkedAt: number | undefined): Exported | undefined {
  if (!link && !lately.refreshWorked && !lately.refreshRefused && unlinkedAt === undefined) return undefined
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
  }
}

function date(time: number): string {
  return new Date(time).toISOString()
}
