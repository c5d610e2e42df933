import { randomInt } from 'node:crypto'
import { createKeyedQueue } from '../concurrency.ts'
import type { Crypto } from '../crypto.ts'
import { StoreFullError, StoreUnavailableError, type Json, type Store, type Versioned } from '../store/store.ts'
import { UnlinkedMeanwhileError } from './errors.ts'

/** A record about people with a lifetime, which ends before that when one of them unlinks. */
export interface TemporaryRecord {
  /** Discord ids; nobody's where it is not known yet whom it is about. */
  readonly people: readonly string[]
  readonly kind: string
  readonly key: string
  /** In milliseconds. */
  readonly ttl: number
  /** When that began of which it is a part, in milliseconds, where that lasts: an unlink since then wins. */
  readonly since?: number
  /** How many of its kind each person keeps: the oldest end for it. Without it they are as many as there are. */
  readonly newest?: number
}

/** `also`: the HMACs of everybody else whom it is about. `going`: somebody unlinks at this moment. */
type Entry = {
  readonly kind: string
  readonly key: string
  /** When it ends, in milliseconds. */
  readonly until: number
  readonly also: readonly string[]
  readonly going: boolean
}
type Index = Versioned & { readonly entries: readonly Entry[] }

// Longer than a session of linking can live.
const unlinkRemembered = 11 * 60 * 1000

/** What is stored about people for a while. An index for each of them, under an HMAC of their id, names what there is. */
export type TemporaryRecords = ReturnType<typeof createTemporaryRecords>

export function createTemporaryRecords(store: Store, crypto: Crypto, now = Date.now) {
  const isAlive = ({ until }: Entry): boolean => until > now()
  // What one person does a hundred times at once would only be in each other's way.
  const inTurn = createKeyedQueue()

  return {
    /** Writes the record. Rejects with UnlinkedMeanwhileError when one of the people has unlinked, and leaves nothing then. */
    set(record: TemporaryRecord, value: Json): Promise<void> {
      const write = () => indexed(record, () => store.set(record.kind, record.key, value, record.ttl))
      return record.newest ? inTurn(record.people.join(), write) : write()
    },
    /** Writes it only where none is; true when it was written. Rejects like `set`. */
    create: (record: TemporaryRecord, value: Json) =>
      indexed(record, () => store.create(record.kind, record.key, value, record.ttl)),
    /** Notes whose a record is that was written before anybody knew. */
    addToIndex: (record: TemporaryRecord) => indexed(record, async () => undefined),
    /** What there is about the person. */
    async list(person: string): Promise<Entry[]> {
      const indexes = await Promise.all(crypto.hmacs(person, 'traces').map(read))
      return indexes.flatMap((index) => index?.entries.filter(isAlive) ?? [])
    },
    /** Deletes all of it, and leaves the time so that nothing under way brings any of it back. */
    async deleteAll(person: string): Promise<void> {
      // First of all: whatever is written from now on finds it. A full store may have room for it afterwards.
      const isNoted = await noteUnlink(person)
      for (const hmac of crypto.hmacs(person, 'traces')) await deleteIndexed(hmac)
      if (!isNoted) await noteUnlink(person)
    },
    unlinkedAt,
  }

  /** False when the store is full: then nothing of what is under way can be written either. */
  async function noteUnlink(person: string): Promise<boolean> {
    try {
      await store.set('unlinked', crypto.hmacs(person, 'unlinked')[0], now(), unlinkRemembered)
      return true
    } catch (error) {
      if (error instanceof StoreFullError) return false
      throw error
    }
  }

  /** When the person unlinked, in milliseconds, if that was lately. */
  async function unlinkedAt(person: string): Promise<number | undefined> {
    const times = await Promise.all(crypto.hmacs(person, 'unlinked').map((hmac) => store.get('unlinked', hmac)))
    const known = times.filter((time) => typeof time === 'number')
    return known.length > 0 ? Math.max(...known) : undefined
  }

  /** Noted, written, then looked: an unlink meanwhile has either found the record or taken the entry. */
  async function indexed<Outcome>(record: TemporaryRecord, write: () => Promise<Outcome>): Promise<Outcome> {
    const { people, kind, key, ttl, since = Infinity, newest = 0 } = record
    const hmacs = people.map((person) => crypto.hmacs(person, 'traces')[0])
    const until = now() + ttl
    for (const hmac of hmacs) {
      const also = hmacs.filter((other) => other !== hmac)
      const ofKind = (entry: Entry): boolean => entry.kind === kind && entry.key !== key
      const others = (newest && (await read(hmac))?.entries.filter(ofKind)) || []
      const formers = others.slice(0, Math.max(others.length - newest + 1, 0)).map((former) => former.key)
      if (formers.length > 0) await end(hmac, (entry) => ofKind(entry) && formers.includes(entry.key))
      await change(hmac, (entries) => [...without(entries, kind, key), { kind, key, until, also, going: false }])
    }
    const outcome = await write()
    const indexes = await Promise.all(hmacs.map(read))
    const isThere = (entry: Entry): boolean => entry.kind === kind && entry.key === key && !entry.going
    const kept = until <= now() || indexes.every((index) => index?.entries.some(isThere))
    const unlinked = await Promise.all(people.map(unlinkedAt))
    if (kept && unlinked.every((time) => time === undefined || time < since)) return outcome
    await erase(kind, key, hmacs)
    // Others may have written so many meanwhile that it is none of the newest.
    if (newest > 0 && unlinked.every((time) => time === undefined)) return outcome
    throw new UnlinkedMeanwhileError()
  }

  async function deleteIndexed(hmac: string): Promise<void> {
    while (await read(hmac)) await end(hmac, () => true)
  }

  /** Who writes meanwhile sees that their entry is going, and a store that fails in between leaves the entries. */
  async function end(hmac: string, isMeant: (entry: Entry) => boolean): Promise<void> {
    await change(hmac, (entries) => entries.map((entry) => (isMeant(entry) ? { ...entry, going: true } : entry)))
    const index = await read(hmac)
    for (const { kind, key, also } of index?.entries.filter(({ going }) => going) ?? []) {
      await erase(kind, key, [hmac, ...also])
    }
  }

  async function erase(kind: string, key: string, hmacs: readonly string[]): Promise<void> {
    await store.delete(kind, key)
    for (const hmac of hmacs) await change(hmac, (entries) => without(entries, kind, key))
  }

  /** Compare and set, until nobody has changed the index meanwhile. It ends with the last of what it names. */
  async function change(hmac: string, edit: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> {
    for (let tries = 1; tries <= 100; tries += 1) {
      const before = await read(hmac)
      const entries = edit(before?.entries.filter(isAlive) ?? [])
      const ttl = Math.max(...entries.map(({ until }) => until)) - now()
      if (await replace(hmac, before, entries, ttl)) return
    }
    throw new StoreUnavailableError('What is noted about somebody was changed again and again.')
  }

  async function replace(hmac: string, before: Index | undefined, entries: readonly Entry[], ttl: number) {
    // Not counted from 1: what has seen an earlier index must not take this one for it.
    if (!before)
      return entries.length === 0 || store.create('traces', hmac, { version: randomInt(2 ** 47), entries }, ttl)
    if (entries.length === 0) return store.deleteIfVersion('traces', hmac, before.version)
    return store.compareAndSet('traces', hmac, before.version, { version: before.version + 1, entries }, ttl)
  }

  async function read(hmac: string): Promise<Index | undefined> {
    return (await store.get('traces', hmac)) as Index | undefined
  }
}

function without(entries: readonly Entry[], kind: string, key: string): readonly Entry[] {
  return entries.filter((entry) => entry.kind !== kind || entry.key !== key)
}
