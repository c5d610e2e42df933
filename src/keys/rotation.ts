import { createLinks } from '../accounts/links.ts'
import { openKeyring, readKeyRecord, releaseKeys } from '../accounts/keyring.ts'
import { DecryptionError, keyIdOf, type TokenKey } from '../crypto.ts'
import { countKeyUsage, forEachKey, keyIdsIn, noRows, rowsOf } from '../accounts/key-usage.ts'
import type { Store } from '../store/store.ts'

/** Which key has encrypted how many rows, and what to do about the keys; `good`: nothing. Changes nothing. */
export async function status(store: Store, ring: readonly TokenKey[], now = Date.now()) {
  const usage = await countKeyUsage(store)
  const needed = Object.keys((await readKeyRecord(store)).texts)
  const [active, ...earlier] = ring.map(({ id }) => id)
  const ids = [...new Set([...ring.map(({ id }) => id), ...needed, ...usage.rows.keys()])]
  const missing = ids.filter((id) => id !== '?' && id !== active && !earlier.includes(id))
  const inUse = earlier.filter((id) => rowsOf(usage, id) > 0 || needed.includes(id))
  return {
    lines: [...ids.map(lineOf), '', ...usage.foreign.map(notOurs), ...(await advice())],
    good: missing.length === 0 && usage.foreign.length === 0,
  }

  function lineOf(id: string): string {
    const { links, attempts, invitations, askers, 'roundup-heads': servers } = usage.rows.get(id) ?? noRows
    const rows = `${links} connections, ${attempts} link sessions, ${invitations} private answers to /link`
    const questions = askers > 0 ? `, ${askers} private answers about questions` : ''
    const messages = servers > 0 ? `, direct messages about roundups of ${servers} servers` : ''
    return `${id.padEnd(12)}${standing(id)}: ${rows}${questions}${messages}`
  }

  function standing(id: string): string {
    if (id === '?') return 'not encrypted by Hearsay'
    if (id === active) return 'active'
    return earlier.includes(id) ? 'opens' : 'MISSING from TOKEN_KEYS'
  }

  async function advice(): Promise<string[]> {
    if (missing.length > 0) return [`Add ${missing.join(', ')} to TOKEN_KEYS again, after the first key.`]
    if (inUse.length > 0) return [`To be able to remove ${inUse.join(', ')}: npm run keys -- reseal`]
    return earlier.length > 0 ? removal(earlier, ring, store, now) : ['Nothing has to be done.']
  }
}

/**
 * Encrypts every connection with the first key of the ring, beside a running bot as well, and releases the keys with
 * which nothing that is left is encrypted. Throws KeyringError when the ring is not the one that the rows need.
 */
export async function reseal(store: Store, ring: readonly TokenKey[], now = Date.now()) {
  const active = ring[0]?.id ?? ''
  const crypto = await openKeyring(ring, store)
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
      `Encrypted with ${active} now: ${usage.rows.get(active)?.links ?? 0} connections.`,
      ...[...broken].map(
        ([id, rows]) =>
          `Encrypted with ${id} and altered or moved since: ${rows} rows. Their people have to link again.`,
      ),
      ...usage.foreign.map(notOurs),
      ...(await removal(done, ring, store, now)),
      ...left.map(
        (id) =>
          `Still encrypted with ${id}: ${rowsOf(usage, id)} rows. Link sessions, private answers and ended ` +
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
async function removal(ids: readonly string[], [first]: readonly TokenKey[], store: Store, now: number) {
  if (ids.length === 0) return []
  const names = ids.join(', ')
  const { active } = await readKeyRecord(store)
  const why = 'Until then, /unlink needs it to find reminders and questions that are marked with it.'
  const later = `${names} can be removed from TOKEN_KEYS a day after the bot was started with ${first?.id} in front. ${why}`
  if (!active || active.id !== first?.id) return [later]
  const from = active.since + hmacsLast
  if (from <= now) return [`${names} can be removed from TOKEN_KEYS.`]
  // Rounded up to the minute.
  const moment = new Date(from + 59_999).toISOString().slice(0, 16).replace('T', ' ')
  return [`${names} can be removed from TOKEN_KEYS after ${moment} UTC. ${why}`]
}
