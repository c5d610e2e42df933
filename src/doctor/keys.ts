import { existsSync } from 'node:fs'
import { KeyringError, openKeyring, keyringBesideStore, keyringFile } from '../accounts/keyring.ts'
import type { Config } from '../config.ts'
import type { Json } from '../store/store.ts'
import { note, ok, wrong, type Finding } from './finding.ts'

/** Reads a record, and nothing else. */
export type Read = (kind: string, key: string) => Promise<Json | undefined>

const about = 'Key ring'

/** Whether the keys open what is stored. Makes no key and writes nothing. */
export async function checkKeys({ tokenKeys, store }: Config, read: Read): Promise<Finding> {
  const sealed = await read('keys', 'ring')
  const file = 'directory' in store ? keyringFile(store.directory) : undefined
  if (!tokenKeys && file !== undefined && !existsSync(file)) {
    if (sealed === undefined) return note(about, `No key yet. The first start makes one in ${file}; keep a copy of it.`)
    return wrong(
      about,
      `What is stored was sealed with a key that is gone. Put ${file} back, or set TOKEN_KEYS to that key.`,
    )
  }
  let isNew = false
  try {
    const ring = tokenKeys ?? keyringBesideStore('directory' in store ? store.directory : '')
    const remember = async () => (isNew = true)
    await openKeyring(ring, { get: read, create: remember, compareAndSet: remember, keys: unseen })
    const ids = ring.map(({ id }) => id).join(', ')
    if (isNew) return note(about, `${ids}: the first one seals from the next start on.`)
    return ok(about, `${ids}: the ring opens what is stored.`)
  } catch (error) {
    if (error instanceof KeyringError) return wrong(about, error.message)
    throw error
  }
}

/** Rows are counted by `npm run keys`. */
async function* unseen(): AsyncGenerator<string> {}
