import { chownSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { KeyringError, openKeyring, placeOf, readKeyring } from '../accounts/keyring.ts'
import { createLinks, nullIfUnreadable, type Links } from '../accounts/links.ts'
import { DecryptionError, type TokenKey } from '../crypto.ts'
import { copyBackup, flawOf, moveDurably, type BackupFlaw } from '../store/sqlite-copy.ts'
import { lockDirectory } from '../store/sqlite-directory.ts'
import { openEmbedded } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { BackupError, madeKey, madeKind } from './backup.ts'
import { noteOverdue } from './overdue.ts'

interface Target {
  readonly directory: string
  /** The keys, or the file that holds them. */
  readonly tokenKeys: readonly TokenKey[] | string
}

/** `madeAt` in milliseconds. */
export interface RestoredBackup {
  readonly madeAt: number
  readonly connections: number
  readonly schedules: number
}

/**
 * Makes a backup the store of a directory that no bot has. All of it is checked and prepared beside that store, and
 * then takes its place at once. Rejects with BackupError, KeyringError, StoreLockedError or StoreUnavailableError.
 */
export async function restore(
  file: string,
  { directory, tokenKeys }: Target,
  { replace = false, now = Date.now() } = {},
): Promise<RestoredBackup> {
  const flaw = flawOf(file)
  if (flaw) throw new BackupError(`${file} ${flaws[flaw]} Nothing was changed.`)
  const owner = existsSync(directory) ? statSync(directory) : undefined
  const path = join(directory, 'hearsay.sqlite')
  const work = join(directory, 'restoring')
  const unlock = lockDirectory(directory)
  try {
    if (existsSync(path) && !replace)
      throw new BackupError(`${resolve(directory)} holds data already. To lose that and restore, add --replace.`)
    if (typeof tokenKeys === 'string' && !existsSync(tokenKeys))
      throw new BackupError(
        `The keys are missing, without which the backup is of no use. Put your copy of token-keys at ` +
          `${resolve(tokenKeys)}, or set TOKEN_KEYS, and try again. Nothing was changed.`,
      )
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { mode: 0o700 })
    const prepared = join(work, 'hearsay.sqlite')
    copyBackup(file, prepared)
    const restored = await prepare(work, tokenKeys, statSync(file).mtimeMs, now)
    // The log of the store that is replaced would be taken for the new one's.
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    moveDurably(prepared, path)
    // Root restores for the user that the bot runs as.
    if (owner && process.getuid?.() === 0)
      for (const name of ['hearsay.sqlite', 'lock.sqlite']) chownSync(join(directory, name), owner.uid, owner.gid)
    return restored
  } finally {
    rmSync(work, { recursive: true, force: true })
    unlock()
  }
}

const flaws: Readonly<Record<BackupFlaw, string>> = {
  absent: 'is not there.',
  'cut off': 'ends too early: it was not copied to its end. Copy it again, or take an earlier backup.',
  damaged: 'is damaged. Take another copy of it, or an earlier backup.',
  foreign: 'is no backup of Hearsay.',
  newer: 'was made by a newer Hearsay than this one. Update Hearsay first.',
}

async function prepare(directory: string, tokenKeys: Target['tokenKeys'], copiedAt: number, now: number) {
  await using ends = new AsyncDisposableStack()
  const store = ends.adopt(await openEmbedded(directory), ({ close }) => close())
  const links = createLinks(store, await openKeyring(readKeyring(tokenKeys), store, placeOf(tokenKeys)))
  await checkKeys(store, links)
  const made = (await store.get(madeKind, madeKey)) as { readonly at: number } | undefined
  const madeAt = made?.at ?? copiedAt
  await store.delete(madeKind, madeKey)
  await noteOverdue(store, links, madeAt, now)
  return { madeAt, connections: await count(store, 'links'), schedules: await count(store, 'roundups') }
}

/** By one connection: the key ring says itself which of its keys are missing. */
async function checkKeys(store: Store, links: Links): Promise<void> {
  for await (const person of store.keys('links')) {
    const link = await links.read(person).catch(nullIfUnreadable)
    if (!link) continue
    try {
      links.decryptRefreshToken(person, link)
      return
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      throw new KeyringError(`The keys do not fit the backup. ${error.message}. Nothing was changed.`, { cause: error })
    }
  }
}

async function count(store: Store, kind: string): Promise<number> {
  let found = 0
  for await (const _ of store.keys(kind)) found += 1
  return found
}
