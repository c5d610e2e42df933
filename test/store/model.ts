import type { Json, Lease, Store } from '../../src/store/store.ts'

/** A store as simple as its description, for comparison: nothing in it ends, and nothing in it is shared. */
export function modelStore(): Store {
  const kept = new Map<string, Json>()
  const sets = new Map<string, Set<string>>()
  const indexes = new Map<string, Map<string, number>>()
  const owners = new Map<string, symbol>()
  const setOf = (name: string) => sets.get(name) ?? sets.set(name, new Set()).get(name)!
  const indexOf = (name: string) => indexes.get(name) ?? indexes.set(name, new Map()).get(name)!
  const isAt = (id: string, version: number) =>
    (kept.get(id) as { version?: Json } | null | undefined)?.version === version

  return {
    get: async (kind, key) => kept.get(`${kind}:${key}`),
    set: async (kind, key, value) => void kept.set(`${kind}:${key}`, value),
    async create(kind, key, value) {
      if (kept.has(`${kind}:${key}`)) return false
      kept.set(`${kind}:${key}`, value)
      return true
    },
    delete: async (kind, key) => kept.delete(`${kind}:${key}`),
    async take(kind, key) {
      const value = kept.get(`${kind}:${key}`)
      kept.delete(`${kind}:${key}`)
      return value
    },
    async replace(kind, key, version, value) {
      if (!isAt(`${kind}:${key}`, version)) return false
      kept.set(`${kind}:${key}`, value)
      return true
    },
    discard: async (kind, key, version) => isAt(`${kind}:${key}`, version) && kept.delete(`${kind}:${key}`),
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
    async lease(name) {
      if (owners.has(name)) return undefined
      return leaseOf(owners, name)
    },
    async scrub() {},
    async check() {},
    async close() {},
  }
}

function leaseOf(owners: Map<string, symbol>, name: string): Lease {
  const owner = Symbol(name)
  owners.set(name, owner)
  return {
    renew: async () => owners.get(name) === owner,
    release: async () => void (owners.get(name) === owner && owners.delete(name)),
  }
}
