import type { RoundupRow } from './digest.ts'
import type { StoredHead } from './roundup-heads.ts'

/** One page of a roundup. */
export interface RoundupPage extends Pick<
  StoredHead,
  'id' | 'pages' | 'from' | 'until' | 'members' | 'missing' | 'missed' | 'late' | 'locale'
> {
  readonly server: string
  /** From 1. */
  readonly page: number
  readonly rows: readonly RoundupRow[]
  /** Whether songs were taken out of it. */
  readonly isReduced: boolean
  /** Whose connection has ended: at most ten, to be named. */
  readonly ended: readonly string[]
}

/** One page of what one person saved of a roundup. */
export interface PersonPage extends Pick<RoundupPage, 'id' | 'server' | 'from' | 'until' | 'page' | 'pages' | 'rows'> {
  readonly person: string
  /** How many songs. */
  readonly total: number
}

/** The page with these people only. */
export function onlyOf(page: RoundupPage, stays: (person: string) => boolean): RoundupPage {
  const missing = page.missing.filter(stays)
  const ended = page.ended.filter(stays)
  const rows = page.rows.flatMap((row) => rowOf(row, stays) ?? [])
  const isReduced = page.isReduced || rows.length < page.rows.length
  return { ...page, rows, isReduced, ended, missing, missed: page.missed - (page.missing.length - missing.length) }
}

/** In its place; what one of several is left of is that person's song. */
export function rowOf(row: RoundupRow, stays: (person: string) => boolean): RoundupRow | null {
  const savers = row.savers.filter(({ person }) => stays(person))
  if (savers.length === 0) return null
  if (savers.length > 1 || row.section !== 'several') return { ...row, savers }
  return { ...row, section: 'newest', savers, of: savers[0]?.of }
}
