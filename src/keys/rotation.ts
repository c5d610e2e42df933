import { createLinks, nullIfUnreadable, type Link } from '../accounts/links.ts'
import {
  KeyringError,
  keysGone,
  openKeyring,
  othersOfThatName,
  readKeyRecord,
  releaseKeys,
} from '../accounts/keyring.ts'
import { createCrypto, DecryptionError, keyIdOf, type TokenKey } from '../crypto.ts'
import { countKeyUsage, forEachKey, keyIdsIn, noRows, rowsOf } from '../accounts/key-usage.ts'
import type { Store } from '../store/store.ts'

/**
 * Which key has encrypted how many rows, and what to do about the keys; `good`: nothing. Changes nothing. Without a
 * key in the ring, the file at `place` is gone.
 */
export async function status(store: Store, ring: readonly TokenKey[], place = 'TOKEN_KEYS', now = Date.now()) {
  const usage = await countKeyUsage(store)
  const needed = Object.keys((await readKeyRecord(store)).texts)
  const others = await othersOfThatName(ring, store)
  const altered = others.length > 0 ? 0 : await countAltered(store, ring)
  const [active, ...earlier] = ring.map(({ id }) => id)
  const ids = [...new Set([...ring.map(({ id }) => id), ...needed, ...usage.rows.keys()])]
  const missing = ids.filter((id) => id !== '?' && id !== active && !earlier.includes(id))
  const inUse = earlier.filter((id) => rowsOf(usage, id) > 0 || needed.includes(id))
  const isWhole = missing.length === 0 && others.length === 0
  return {
    lines: [...ids.map(lineOf), '', ...usage.foreign.map(notOurs), ...(await advice())],
    good: isWhole && altered === 0 && usage.foreign.length === 0,
  }

  function lineOf(id: string): string {
    const { links, attempts, invitations, askers, 'roundup-heads': servers } = usage.rows.get(id) ?? noRows
    const rows = `${connections(links)}, ${attempts} link sessions, ${invitations} private answers to /link`
    const questions = askers > 0 ? `, ${askers} private answers about questions` : ''
    const messages = servers > 0 ? `, direct messages about roundups of ${servers} servers` : ''
    return `${id.padEnd(12)}${standing(id)}: ${rows}${questions}${messages}`
  }

  function standing(id: string): string {
    if (id === '?') return 'not encrypted by Hearsay'
    if (others.includes(id)) return `CANNOT DECRYPT, because ${place} holds another key of that name`
    if (id === active) return 'active'
    return earlier.includes(id) ? 'opens' : `MISSING from ${place}`
  }

  async function advice(): Promise<string[]> {
    if (ring.length === 0) return [keysGone(place)]
    const back = `Put the earlier ${others.join(', ')} back into ${place}. A new key needs an id of its own.`
    if (others.length > 0) return [back]
    if (missing.length > 0) return [`Add ${missing.join(', ')} to ${place} again, after the first key.`]
    const rest = altered > 0 ? [`${connections(altered)} cannot be decrypted: altered or moved. ${again}`] : []
    if (inUse.length > 0) return [...rest, `To be able to remove ${inUse.join(', ')}: npm run keys -- reseal`]
    if (earlier.length > 0) return [...rest, ...(await removal(earlier, ring, place, store, now))]
    return rest.length > 0 ? rest : ['Nothing has to be done.']
  }
}

const again = 'Put them back from a backup, or let their people link again.'

function connections(count: number): string {
  return `${count} ${count === 1 ? 'connection' : 'connections'}`
}

/** Connections that no key of the ring decrypts, although it has the key that they name. */
async function countAltered(store: Store, ring: readonly TokenKey[]): Promise<number> {
  const [active] = ring
  if (!active) return 0
  const links = createLinks(store, createCrypto(active, ring))
  let altered = 0
  await forEachKey(store.keys('links'), async (person) => {
    // Reading a link through `links` would encrypt it anew.
    const link = (await store.get('links', person).catch(nullIfUnreadable)) as Link | null | undefined
    const id = typeof link?.refreshToken === 'string' ? keyIdOf(link.refreshToken) : undefined
    if (!link || !ring.some((key) => key.id === id)) return
    try {
      links.decryptRefreshToken(person, link)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      altered += 1
    }
  })
  return altered
}

/**
 * Encrypts every connection with the first key of the ring, beside a running bot as well, and releases the keys with
 * which nothing that is left is encrypted. Throws KeyringError when the ring is not the one that the rows need.
 */
export async function reseal(store: Store, ring: readonly TokenKey[], place = 'TOKEN_KEYS', now = Date.now()) {
  if (ring.length === 0) throw new KeyringError(keysGone(place))
  const active = ring[0]?.id ?? ''
  const crypto = await openKeyring(ring, store, place)
  const links = createLinks(store, crypto)
  const broken = new Map<string, number>()
  await forEachKey(store.keys('links'), async (person) => {
    if ((await keyIdsIn(store, 'links', person)).has('?')) return
    // Reading is what encrypts anew.
    const link = await links.read(person)
    if (!link || crypto.isCurrent(link.refreshToken)) return
    try {
      links.decryptRefreshToken(person, link)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      const id = keyIdOf(link.refreshToken) ?? '?'
      broken.set(id, (broken.get(id) ?? 0) + 1)
    }
  })
  const usage = await countKeyUsage(store)
  const ids = new Set([...Object.keys((await readKeyRecord(store)).texts), ...usage.rows.keys()])
  const old = [...ids].filter((id) => id !== active && id !== '?')
  const left = old.filter((id) => rowsOf(usage, id) > (broken.get(id) ?? 0))
  const done = old.filter((id) => !left.includes(id))
  if (done.length > 0) await releaseKeys(store, done)
  return {
    lines: [
      `Encrypted with ${active} now: ${connections(usage.rows.get(active)?.links ?? 0)}.`,
      ...[...broken].map(
        ([id, rows]) =>
          `Encrypted with ${id} and altered or moved since: ${rows === 1 ? '1 row' : `${rows} rows`}. Their people have to link again.`,
      ),
      ...usage.foreign.map(notOurs),
      ...(await removal(done, ring, place, store, now)),
      ...left.map(
        (id) =>
          `Still encrypted with ${id}: ${rowsOf(usage, id)} ${rowsOf(usage, id) === 1 ? 'row' : 'rows'}. Link sessions, private answers and ended ` +
          `connections are gone within fifteen minutes: run this again then.${aWeekFor(id)}`,
      ),
    ],
    good: left.length === 0,
  }

  /** While Discord cannot be reached they wait. */
  function aWeekFor(id: string): string {
    const servers = usage.rows.get(id)?.['roundup-heads'] ?? 0
    const wait = ' Direct messages about roundups wait until Discord takes them, a week as a rule at most.'
    return servers > 0 ? wait : ''
  }
}

function notOurs(row: string): string {
  const then = row.startsWith('roundup-heads')
    ? 'the posts of that server stay as they are'
    : 'its person has to link again'
  return `Not what Hearsay wrote: ${row}. Put it back from a backup, or delete it: then ${then}.`
}

// As long as the longest of what is stored under an HMAC: a reminder.
const hmacsLast = 24 * 60 * 60 * 1000

/** From when on keys with which nothing is encrypted any more can be removed: one sentence, none without such keys. */
async function removal(ids: readonly string[], [first]: readonly TokenKey[], place: string, store: Store, now: number) {
  if (ids.length === 0) return []
  const names = ids.join(', ')
  const { active } = await readKeyRecord(store)
  const why = 'Until then, /unlink needs it to find reminders and questions that are marked with it.'
  const later = `${names} can be removed from ${place} a day after the bot was started with ${first?.id} in front. ${why}`
  if (!active || active.id !== first?.id) return [later]
  const from = active.since + hmacsLast
  if (from <= now) return [`${names} can be removed from ${place}.`]
  // Rounded up to the minute.
  const moment = new Date(from + 59_999).toISOString().slice(0, 16).replace('T', ' ')
  return [`${names} can be removed from ${place} after ${moment} UTC. ${why}`]
}
