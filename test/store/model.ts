import { enterMeter, type MeterState } from '../../src/store/meter.ts'
import type { Json, Lease, Store } from '../../src/store/store.ts'

/** A store as simple as its description, for comparison. Without a clock nothing in it ends. */
export function modelStore(now: () => number = () => 0): Store {
  const records = new Map<string, { readonly value: Json; readonly ends: number }>()
  const kept = {
    get: (id: string): Json | undefined => alive(id)?.value,
    has: (id: string): boolean => alive(id) !== undefined,
    set: (id: string, value: Json, ttl = Infinity) => records.set(id, { value, ends: now() + ttl }),
    delete: (id: string): boolean => alive(id) !== undefined && records.delete(id),
  }
  const alive = (id: string) => {
    const record = records.get(id)
    if (record && record.ends > now()) return record
    records.delete(id)
    return undefined
  }
  const sets = new Map<string, Set<string>>()
  const indexes = new Map<string, Map<string, number>>()
  const owners: Owners = new Map()
  const meters = new Map<string, MeterState>()
  const bytes = new Map<string, { readonly held: Buffer; readonly ends: number }>()
  const bytesOf = (name: string) => [bytes.get(name)].find((found) => found && found.ends > now())
  const setOf = (name: string) => sets.get(name) ?? sets.set(name, new Set()).get(name)!
  const indexOf = (name: string) => indexes.get(name) ?? indexes.set(name, new Map()).get(name)!
  const isAt = (id: string, version: number) =>
    (kept.get(id) as { version?: Json } | null | undefined)?.version === version

  return {
    get: async (kind, key) => kept.get(`${kind}:${key}`),
    set: async (kind, key, value, ttl) => void kept.set(`${kind}:${key}`, value, ttl),
    async create(kind, key, value, ttl) {
      if (kept.has(`${kind}:${key}`)) return false
      kept.set(`${kind}:${key}`, value, ttl)
      return true
    },
    delete: async (kind, key) => kept.delete(`${kind}:${key}`),
    async compareAndSet(kind, key, version, value, ttl) {
      if (!isAt(`${kind}:${key}`, version)) return false
      kept.set(`${kind}:${key}`, value, ttl)
      return true
    },
    deleteIfVersion: async (kind, key, version) => isAt(`${kind}:${key}`, version) && kept.delete(`${kind}:${key}`),
    async *keys(kind) {
      for (const id of records.keys()) if (alive(id) && id.startsWith(`${kind}:`)) yield id.slice(kind.length + 1)
    },
    add: async (set, member) => void setOf(set).add(member),
    remove: async (set, member) => void setOf(set).delete(member),
    members: async (set) => [...setOf(set)],
    schedule: async (index, member, at) => void indexOf(index).set(member, at),
    unschedule: async (index, member) => void indexOf(index).delete(member),
    due: async (index, until, limit) =>
      [...indexOf(index)]
        .filter(([, at]) => at <= until)
        .toSorted(([a, atA], [b, atB]) => atA - atB || (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([member]) => member),
    async lease(name, ttl) {
      if ((owners.get(name)?.ends ?? -Infinity) > now()) return undefined
      return leaseOf(owners, name, ttl, now)
    },
    async meter(name, entry) {
      const { state, reading } = enterMeter(meters.get(name), entry, Date.now())
      meters.set(name, state)
      return reading
    },
    getBytes: async (name) => bytesOf(name)?.held,
    setBytes: async (name, held, ttl) => void bytes.set(name, { held: Buffer.from(held), ends: now() + ttl }),
    async touchBytes(name, ttl) {
      const found = bytesOf(name)
      if (found) bytes.set(name, { ...found, ends: now() + ttl })
      return found !== undefined
    },
    async deleteBytes(name) {
      const found = bytesOf(name)
      bytes.delete(name)
      return found !== undefined
    },
    async statBytes(name) {
      const found = bytesOf(name)
      return found && { bytes: found.held.length, until: found.ends }
    },
    async check() {},
    async close() {},
  }
}

type Owners = Map<string, { readonly owner: symbol; readonly ends: number }>

function leaseOf(owners: Owners, name: string, ttl: number, now: () => number): Lease {
  const owner = Symbol(name)
  const take = (time: number) => owners.set(name, { owner, ends: now() + time })
  const isOurs = (): boolean => {
    const held = owners.get(name)
    return held?.owner === owner && held.ends > now()
  }
  take(ttl)
  return {
    async renew(ttl) {
      if (isOurs()) take(ttl)
      return isOurs()
    },
    release: async () => void (isOurs() && owners.delete(name)),
  }
}
