import { NamedError } from '../errors.ts'

/** What may be remembered: anything that JSON carries unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A record that is replaced only by somebody who has seen its latest version. */
export type Versioned = { readonly version: number } & { readonly [key: string]: Json }

/**
 * Everything that outlives a process, in one of two backends that pass one contract suite.
 * Kinds, keys, members and names are strings of letters, digits and `._:-`; a kind holds no colon.
 * Times and lifetimes are whole milliseconds.
 * Every operation settles within two seconds: a backend that is down or frozen rejects with
 * StoreUnavailableError, so that silence is never read as "not there".
 */
export interface Store {
  /** The record, or undefined when there is none or its lifetime is over. */
  get(kind: string, key: string): Promise<Json | undefined>
  /** Writes the record, with an end after `ttl` when one is given, and without one otherwise. */
  set(kind: string, key: string, value: Json, ttl?: number): Promise<void>
  /** Writes the record only where none is; true when it was written. */
  create(kind: string, key: string, value: Json, ttl?: number): Promise<boolean>
  /** True for exactly one of several callers. */
  delete(kind: string, key: string): Promise<boolean>
  /** Compare-and-set: replaces the record when it exists and its version is still `version`. */
  compareAndSet(kind: string, key: string, version: number, value: Versioned, ttl?: number): Promise<boolean>
  /** Compare-and-delete, on the same terms. */
  deleteIfVersion(kind: string, key: string, version: number): Promise<boolean>
  /** The keys of all records of a kind, once each. It reads everything there is: only for the operator's tools. */
  keys(kind: string): AsyncIterable<string>

  /** Sets of strings. Adding twice is adding once. */
  add(set: string, member: string): Promise<void>
  remove(set: string, member: string): Promise<void>
  members(set: string): Promise<string[]>

  /** The due index: a member is in it once, at its latest time. */
  schedule(index: string, member: string, at: number): Promise<void>
  unschedule(index: string, member: string): Promise<void>
  /** Members whose time is `until` or earlier, soonest first, at most `limit`. They stay in the index. */
  due(index: string, until: number, limit: number): Promise<string[]>

  /** Mutual exclusion across processes; undefined while another holder has the name. Expires after `ttl`. */
  lease(name: string, ttl: number): Promise<Lease | undefined>

  /**
   * A meter that processes share. In one step: writes down what its owner has spent and holds in advance, and grants
   * up to `want` more, as long as what everybody spent within the last `span` and holds stays within `limit`.
   */
  meter(name: string, entry: MeterEntry): Promise<MeterReading>

  /**
   * Large values that may be lost, such as a cache: bytes under a name, each with a lifetime. Setting replaces them whole:
   * a crash of the process leaves the old ones or the new ones. Of a machine that lost its power they may come back
   * torn, so who reads them has to recognise that.
   */
  getBytes(name: string): Promise<Buffer | undefined>
  setBytes(name: string, bytes: Uint8Array, ttl: number): Promise<void>
  /** A new lifetime, from now on; false where there are none. */
  touchBytes(name: string, ttl: number): Promise<boolean>
  /** True when there were some. */
  deleteBytes(name: string): Promise<boolean>
  /** How many there are, and when they end. */
  statBytes(name: string): Promise<{ readonly bytes: number; readonly until: number } | undefined>

  /** Resolves when the backend answers a write and a read. */
  check(): Promise<void>
  close(): Promise<void>
}

/** Amounts are whole numbers. Times are the backend's own, so that no two clocks have to agree. */
export interface MeterEntry {
  /** Who holds: a process. */
  readonly owner: string
  readonly span: number
  /** How finely time is told: what was spent counts for `span` and for this much more at most. */
  readonly bucket: number
  /** What is held counts until its owner's next entry, and for so long at most. */
  readonly heldFor: number
  /** What was spent since the last entry. */
  readonly spent: readonly { readonly amount: number; readonly ago: number }[]
  /** What was granted earlier and not spent yet. */
  readonly held: number
  readonly want: number
  readonly limit: number
}

export interface MeterReading {
  readonly granted: number
  /** What is spent and held by everybody, with what was granted now. */
  readonly total: number
  /** In how many milliseconds enough of what was spent is over for another grant; 0 when nothing has to be. */
  readonly frees: number
}

export interface Lease {
  /** Heartbeat: true while it is still ours, and then for `ttl` more; false when it was lost. */
  renew(ttl: number): Promise<boolean>
  /** Lets go, but only of our own. */
  release(): Promise<void>
}

/** The backend did not answer, or with nonsense. `cause` says what it said. */
export class StoreUnavailableError extends NamedError {
  /** What the operator does about it. */
  readonly remedy: string

  constructor(message: string, { remedy = anyRemedy, ...options }: ErrorOptions & { readonly remedy?: string } = {}) {
    super(message, options)
    this.remedy = remedy
  }
}

const anyRemedy = 'Check REDIS_URL and the server behind it, or the disk under DATA_DIR'

/**
 * The backend has no room for anything new. Reading and deleting go on, and what deleting needs: replacing by
 * compare-and-set, the due index, and leases.
 */
export class StoreFullError extends StoreUnavailableError {
  override readonly remedy: string = 'Make room on the disk under DATA_DIR'
}

/** The backend answers and lets nothing be changed: nothing written, and nothing deleted either. Reading goes on. */
export class StoreReadOnlyError extends StoreUnavailableError {}

/** The backend answers, but this record is not what Hearsay wrote: asking again does not help. */
export class UnreadableRecordError extends StoreUnavailableError {
  constructor() {
    super('A stored record cannot be read: it is not what Hearsay wrote.')
  }
}

/** JSON as a backend kept it. The parser's own error would quote the text, which may be a secret, so it is dropped. */
export function readJson(text: unknown): Json {
  try {
    if (typeof text === 'string') return JSON.parse(text) as Json
  } catch {}
  throw new UnreadableRecordError()
}

/** What compare-and-set compares; undefined for a value without a version. */
export function versionOf(value: unknown): number | undefined {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  return typeof version === 'number' ? version : undefined
}

/** Throws for a name of bytes that a store cannot have been given: the record that has it is not what Hearsay wrote. */
export function checkName(name: string): void {
  if (!/^[\w.:-]{1,200}$/.test(name)) throw new UnreadableRecordError()
}

/** A lifetime as both backends take it: whole milliseconds. One that is already over ends in the next one. */
export function wholeMs(ttl: number): number {
  return Math.max(1, Math.ceil(ttl))
}
