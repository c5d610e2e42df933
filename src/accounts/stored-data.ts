import type { Json } from '../store/store.ts'
import type { Links } from './links.ts'
import type { RefusalCounter } from './mass-refusal.ts'
import type { TemporaryRecords } from './temporary-records.ts'

/**
 * All that is stored about the person and the connection but the library index, secrets as "present"; undefined when
 * nothing is.
 */
export async function describeStored(
  person: string,
  links: Links,
  refusals: RefusalCounter,
  temporaryRecords: TemporaryRecords,
): Promise<Readonly<Record<string, Json>> | undefined> {
  const [link, unlinkedAt] = await Promise.all([links.read(person), temporaryRecords.unlinkedAt(person)])
  const [lately, records] = await Promise.all([refusals.historyOf(person), temporaryRecords.list(person)])
  if (!link && !unlinkedAt && !lately.refreshWorked && !lately.refreshRefused && records.length === 0) return undefined
  const date = (time: number | null | undefined) => (time ? new Date(time).toISOString() : null)
  const { libraryIndex: _, ...rest } = link ?? {}
  return {
    link: link
      ? { ...rest, authorizedAt: date(link.authorizedAt), endedAt: date(link.endedAt), refreshToken: 'present' }
      : null,
    lastTenMinutes: { ...lately },
    unlinkedAt: date(unlinkedAt),
    forAWhile: records.map(({ kind, until }) => ({ what: kind, until: date(until), content: 'present' })),
  }
}
