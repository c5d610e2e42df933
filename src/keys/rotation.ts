import { createLinks, type Link, type Links } from '../accounts/links.ts'
import { activeKey, neededKeys, openKeyring, releaseKeys } from '../accounts/keyring.ts'
import { DecryptionError, keyIdOf, type TokenKey } from '../crypto.ts'
import {
  countKeyUsage,
  encryptedKinds,
  forEachKey,
  keyIdIn,
  rowsOf,
  type EncryptedKind,
} from '../accounts/key-usage.ts'
import type { Store } from '../store/store.ts'

/** What a task has to say. `good`: there is nothing left to do. */
export interface KeyReport {
  readonly lines: readonly string[]
  readonly good: boolean
}

const kinds = Object.keys(encryptedKinds) as EncryptedKind[]

/** Which key has sealed how many rows, and what to do about the keys. Changes nothing. */
export async function status(store: Store, ring: readonly TokenKey[], now = Date.now()): Promise<KeyReport> {
  const counts = await countKeyUsage(store)
  const onRing = ring.map(({ id }) => id)
  const needed = await neededKeys(store)
  const seen = kinds.flatMap((kind) => [...counts.rows[kind].keys()])
  const ids = [...new Set([...onRing, ...needed, ...seen])]
  const lines = ids.map((id) => `${id.padEnd(12)}${standing(id)}: ${rowsIn(id)}`)
  const missing = ids.filter((id) => id !== '?' && !onRing.includes(id))
  const idle = onRing.slice(1).filter((id) => rowsOf(counts, id) === 0 && !needed.includes(id))
  const old = onRing.slice(1).filter((id) => rowsOf(counts, id) > 0 || needed.includes(id))
  return {
    lines: [...lines, '', ...counts.foreign.map(notOurs), ...(await advice())],
    good: missing.length === 0 && counts.foreign.length === 0,
  }

  function standing(id: string): string {
    if (id === '?') return 'not sealed by Hearsay'
    if (id === onRing[0]) return 'active'
    return onRing.includes(id) ? 'opens' : 'MISSING from TOKEN_KEYS'
  }

  function rowsIn(id: string): string {
    return kinds.map((kind) => `${counts.rows[kind].get(id) ?? 0} ${encryptedKinds[kind]}`).join(', ')
  }

  async function advice(): Promise<string[]> {
    if (missing.length > 0) return [`Add ${missing.join(', ')} to TOKEN_KEYS again, after the first key.`]
    if (old.length > 0) return [`To be able to remove ${old.join(', ')}: npm run keys -- reseal`]
    return idle.length > 0 ? removal(idle, ring, store, now) : ['Nothing has to be done.']
  }
}

/**
 * Seals every connection with the first key of the ring, beside a running bot as well, and releases the keys of which
 * nothing is left that they could open. Throws KeyRingError when the ring is not the one that the rows were sealed with.
 */
export async function reseal(store: Store, ring: readonly TokenKey[], now = Date.now()): Promise<KeyReport> {
  const active = ring[0]?.id ?? ''
  const seal = await openKeyring(ring, store)
  const links = createLinks(store, seal)
  const broken = new Map<string, number>()
  await forEachKey(store, 'links', async (person) => {
    if ((await keyIdIn(store, 'links', person)) === '?') return
    // Reading is what seals anew.
    const link = await links.read(person)
    if (!link || seal.isCurrent(link.refreshToken) || opens(links, person, link)) return
    const id = keyIdOf(link.refreshToken) ?? '?'
    broken.set(id, (broken.get(id) ?? 0) + 1)
  })
  const counts = await countKeyUsage(store)
  const seen = kinds.flatMap((kind) => [...counts.rows[kind].keys()])
  const old = [...new Set([...(await neededKeys(store)), ...seen])].filter((id) => id !== active && id !== '?')
  const left = old.filter((id) => rowsOf(counts, id) > (broken.get(id) ?? 0))
  const done = old.filter((id) => !left.includes(id))
  if (done.length > 0) await releaseKeys(store, done)
  return {
    lines: [
      `Sealed with ${active} now: ${counts.rows.links.get(active) ?? 0} connections.`,
      ...[...broken].map(
        ([id, rows]) => `Sealed with ${id} and altered or moved since: ${rows} rows. Their people have to link again.`,
      ),
      ...counts.foreign.map(notOurs),
      ...(await removal(done, ring, store, now)),
      ...left.map(
        (id) =>
          `Still sealed with ${id}: ${rowsOf(counts, id)} rows. Attempts to link, private answers and ended ` +
          'connections are gone within fifteen minutes: run this again then.',
      ),
    ],
    good: left.length === 0,
  }
}

function notOurs(row: string): string {
  return `Not what Hearsay wrote: ${row}. Put it back from a backup, or delete it: then its person has to link again.`
}

function opens(links: Links, person: string, link: Link): boolean {
  try {
    links.decryptRefreshToken(person, link)
    return true
  } catch (error) {
    if (error instanceof DecryptionError) return false
    throw error
  }
}

// As long as the longest of what stands under a mark: a reminder.
const marksLast = 24 * 60 * 60 * 1000

/** From when on keys that have sealed nothing that is left can be removed: one sentence, none without such keys. */
async function removal(
  ids: readonly string[],
  ring: readonly TokenKey[],
  store: Store,
  now: number,
): Promise<string[]> {
  if (ids.length === 0) return []
  const first = ring[0]?.id
  const active = await activeKey(store)
  const names = ids.join(', ')
  const why = 'Until then, /unlink needs it to find reminders and questions that are marked with it.'
  if (active?.id !== first) {
    return [`${names} can be removed from TOKEN_KEYS a day after the bot was started with ${first} in front. ${why}`]
  }
  const from = active ? active.since + marksLast : 0
  if (from <= now) return [`${names} can be removed from TOKEN_KEYS.`]
  // Rounded up to the minute.
  const moment = new Date(from + 59_999).toISOString().slice(0, 16).replace('T', ' ')
  return [`${names} can be removed from TOKEN_KEYS after ${moment} UTC. ${why}`]
}
