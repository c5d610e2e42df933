import { randomInt } from 'node:crypto'
import { StoreUnavailableError, type Json, type Store, type Versioned } from '../store/store.ts'
import { UnlinkedMeanwhileError } from './errors.ts'
import type { Crypto } from '../crypto.ts'

/** A record about people that ends by itself, and before that when one of them unlinks. */
export interface TemporaryRecord {
  /** Discord ids; nobody's where it is not known yet whom it is about. */
  readonly people: readonly string[]
  readonly kind: string
  readonly key: string
  /** In milliseconds. */
  readonly ttl: number
  /** When that began of which it is a part, in milliseconds, where that lasts: an unlink since then wins. */
  readonly since?: number
}

/** What is stored about people for a while. Beside it stands for each of them what there is, under a keyed mark. */
export interface TemporaryRecords {
  /** Writes the record. Rejects with UnlinkedMeanwhileError when one of the people has unlinked, and leaves nothing then. */
  set(trace: TemporaryRecord, value: Json): Promise<void>
  /** Writes it only where none is; true when it was written. Rejects like `set`. */
  create(trace: TemporaryRecord, value: Json): Promise<boolean>
  /** Notes whose a record is that was written before anybody knew. */
  addToIndex(trace: TemporaryRecord): Promise<void>
  /** What there is about the person. */
  list(person: string): Promise<RecordReference[]>
  /** Deletes all of it, and leaves a mark so that nothing under way brings any of it back. */
  deleteAll(person: string): Promise<void>
  /** When the person unlinked, in milliseconds, if that was lately. */
  unlinkedAt(person: string): Promise<number | undefined>
}

export interface RecordReference {
  readonly kind: string
  readonly key: string
  /** When it ends, in milliseconds. */
  readonly until: number
}

/** `also`: the marks of everybody else whom it is about. `going`: somebody unlinks at this moment. */
type Entry = RecordReference & {
  readonly also: readonly string[]
  readonly going: boolean
  readonly [key: string]: Json
}
type Notes = Versioned & { readonly entries: readonly Entry[] }

// Longer than an attempt to link can live.
const unlinkRemembered = 11 * 60 * 1000
const mostTries = 100

export function createTemporaryRecords(store: Store, seal: Crypto, now = Date.now): TemporaryRecords {
  const traces: TemporaryRecords = {
    set: (trace, value) => leave(trace, () => store.set(trace.kind, trace.key, value, trace.ttl)),
    create: (trace, value) => leave(trace, () => store.create(trace.kind, trace.key, value, trace.ttl)),
    addToIndex: (trace) => leave(trace, async () => undefined),
    async list(person) {
      const notes = await Promise.all(seal.hmacs(person, 'traces').map(read))
      return notes.flatMap((one) => one?.entries.filter(alive) ?? [])
    },
    async deleteAll(person) {
      // First of all: whatever is written from now on finds it.
      await store.set('unlinked', seal.hmacs(person, 'unlinked')[0], now(), unlinkRemembered)
      for (const mark of seal.hmacs(person, 'traces')) await forgetAll(mark)
    },
    async unlinkedAt(person) {
      const times = await Promise.all(seal.hmacs(person, 'unlinked').map((mark) => store.get('unlinked', mark)))
      const known = times.filter((time) => typeof time === 'number')
      return known.length > 0 ? Math.max(...known) : undefined
    },
  }
  return traces

  /** Noted, written, then looked: an unlink meanwhile has either found the record or taken the note. */
  async function leave<Outcome>(trace: TemporaryRecord, write: () => Promise<Outcome>): Promise<Outcome> {
    const { people: of, kind, key, ttl, since = Infinity } = trace
    const marks = of.map((person) => seal.hmacs(person, 'traces')[0])
    const until = now() + ttl
    for (const mark of marks) {
      const also = marks.filter((other) => other !== mark)
      await change(mark, (entries) => [...without(entries, kind, key), { kind, key, until, also, going: false }])
    }
    const outcome = await write()
    const notes = await Promise.all(marks.map(read))
    const isThere = (entry: Entry): boolean => entry.kind === kind && entry.key === key && !entry.going
    const kept = until <= now() || notes.every((one) => one?.entries.some(isThere))
    const unlinked = await Promise.all(of.map(traces.unlinkedAt))
    if (kept && unlinked.every((time) => time === undefined || time < since)) return outcome
    await erase(kind, key, marks)
    throw new UnlinkedMeanwhileError()
  }

  /** Whoever writes meanwhile sees that their note is going, and a store that fails in between leaves the notes. */
  async function forgetAll(mark: string): Promise<void> {
    for (;;) {
      await change(mark, (entries) => entries.map((entry) => ({ ...entry, going: true })))
      const notes = await read(mark)
      if (!notes) return
      for (const { kind, key, also } of notes.entries.filter(({ going }) => going)) {
        await erase(kind, key, [mark, ...also])
      }
    }
  }

  async function erase(kind: string, key: string, marks: readonly string[]): Promise<void> {
    await store.delete(kind, key)
    for (const mark of marks) await change(mark, (entries) => without(entries, kind, key))
  }

  /** Compare and set, until nobody has changed the notes meanwhile. They end with the last of what they name. */
  async function change(mark: string, edit: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await read(mark)
      const entries = edit(before?.entries.filter(alive) ?? [])
      const ttl = Math.max(...entries.map(({ until }) => until)) - now()
      if (await put(mark, before, entries, ttl)) return
    }
    throw new StoreUnavailableError('What is noted about somebody was changed again and again.')
  }

  async function put(mark: string, before: Notes | undefined, entries: readonly Entry[], ttl: number) {
    // Not counted from 1: what has seen earlier notes must not take these for them.
    if (!before)
      return entries.length === 0 || store.create('traces', mark, { version: randomInt(2 ** 47), entries }, ttl)
    if (entries.length === 0) return store.deleteIfVersion('traces', mark, before.version)
    return store.compareAndSet('traces', mark, before.version, { version: before.version + 1, entries }, ttl)
  }

  async function read(mark: string): Promise<Notes | undefined> {
    return (await store.get('traces', mark)) as Notes | undefined
  }

  function alive({ until }: RecordReference): boolean {
    return until > now()
  }
}

function without(entries: readonly Entry[], kind: string, key: string): readonly Entry[] {
  return entries.filter((entry) => entry.kind !== kind || entry.key !== key)
}
