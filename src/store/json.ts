import { UnreadableRecordError } from './store.ts'

/** JSON as a backend kept it. The parser's own error would quote the text, which may be a secret, so it is dropped. */
export function readJson(text: unknown): unknown {
  try {
    if (typeof text === 'string') return JSON.parse(text)
  } catch {}
  throw unreadable()
}

/** What is thrown for a record that somebody or something else has written over. */
export function unreadable(): UnreadableRecordError {
  return new UnreadableRecordError('A stored record cannot be read: it is not what Hearsay wrote.')
}
