import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tell, type RedisServer } from '../store/redis-server.ts'
import type { Secrets } from './secrets.ts'

/** Looks for secrets in places, and counts how much was looked at. */
export interface Search {
  /** How many bytes were searched, by place. */
  readonly searched: Readonly<Record<string, number>>
  /** "the log: a refresh token, as hex". */
  readonly hits: ReadonlySet<string>
  /** `except`: kinds of secrets that are meant to be there. */
  look(place: string, text: string | Buffer, except?: readonly string[]): void
  /** Everything that the store holds at this moment. */
  lookInStore(when: string): Promise<void>
}

/** What a stored page of a roundup carries, in both stores. */
const roundupPage = '"savers"'

/** The store is the files in this directory, or a Redis. */
export function createSearch(secrets: Secrets, store: string | RedisServer): Search {
  const searched: Record<string, number> = {}
  const hits = new Set<string>()
  const look: Search['look'] = (place, text, except = []) => {
    searched[place] = (searched[place] ?? 0) + text.length
    for (const found of secrets.foundIn(text, except)) hits.add(`${place}: ${found}`)
  }
  return {
    searched,
    hits,
    look,
    async lookInStore(when) {
      const place = `${typeof store === 'string' ? 'files' : 'Redis'} ${when}`
      for (const held of await contents(store)) {
        look(place, held)
        // Counted apart, so that a run without any is noticed.
        if (held.includes(roundupPage)) look(`${place}, with pages of roundups`, held)
      }
    },
  }
}

async function contents(store: string | RedisServer): Promise<(string | Buffer)[]> {
  if (typeof store === 'string') {
    const entries = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name)))
  }
  const found: string[] = []
  for (const key of (await tell(store, 'KEYS', '*')).split(/\r?\n/)) {
    if (!key.startsWith('hearsay')) continue
    const [type = ''] = (await tell(store, 'TYPE', key)).slice(1).split('\r')
    const reading: Record<string, string[]> = {
      string: ['GET', key],
      set: ['SMEMBERS', key],
      zset: ['ZRANGE', key, '0', '-1'],
    }
    found.push(`${key} ${await tell(store, ...(reading[type] ?? ['DUMP', key]))}`)
  }
  return found
}
