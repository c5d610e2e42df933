import { StoreUnavailableError } from './store.ts'

const sentences = {
  busy: 'Another program keeps the file locked.',
  full: 'The disk is full. Free some space.',
  readonly: 'It cannot be written. Check its owner and permissions.',
  cantopen: 'It cannot be opened. Check its owner and permissions.',
  notadb: 'The file there is not a Hearsay database. Restore a backup or move it away.',
  corrupt: 'The database there is damaged. Restore a backup or move it away.',
  other: 'It does not answer as it should.',
}

/** SQLITE_BUSY. */
export const busyCode = 5

const codes: Record<number, keyof typeof sentences> = {
  [busyCode]: 'busy',
  8: 'readonly',
  11: 'corrupt',
  13: 'full',
  14: 'cantopen',
  26: 'notadb',
}

/** What SQLite complains about, from the primary half of its result code. */
export function sqliteCode(error: unknown): keyof typeof sentences {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  return codes[code] ?? 'other'
}

export function unavailable(directory: string, cause: unknown): StoreUnavailableError {
  if (cause instanceof StoreUnavailableError) return cause
  return new StoreUnavailableError(`The data directory ${directory} is not usable. ${sentences[sqliteCode(cause)]}`, {
    cause,
  })
}
