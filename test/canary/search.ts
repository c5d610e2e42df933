import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { constants, inflateSync } from 'node:zlib'
import { tell, tellAll, type RedisServer } from '../store/redis-server.ts'
import { readIfThere } from '../world/read-if-there.ts'
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
  /** Whether it holds the index of a library. */
  hasIndex(): Promise<boolean>
}

/** What a stored page of a roundup carries, in both stores. */
const roundupPage = '"savers"'
/** Where a library's index is, in either store. */
const keptIndex = /^(?:libraries\W.*\.bytes$|hearsay:bytes:)/

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
    hasIndex: async () => (await namesIn(store)).some((name) => keptIndex.test(name)),
    async lookInStore(when) {
      const place = `${typeof store === 'string' ? 'files' : 'Redis'} ${when}`
      for (const [name, held] of await contents(store)) {
        look(place, held)
        // Counted apart, so that a run without any is noticed.
        if (held.includes(roundupPage)) look(`${place}, with pages of roundups`, held)
        if (!keptIndex.test(name)) continue
        look(`${place}, indexes of libraries`, held)
        for (const text of compressedIn(held)) look(`${place}, compressed in an index`, text)
      }
    },
  }
}

/** By file or by key. */
async function contents(store: string | RedisServer): Promise<[name: string, held: Buffer][]> {
  const found: [string, Buffer][] = []
  for (const name of await namesIn(store)) {
    const held = typeof store === 'string' ? readIfThere(join(store, name)) : await valueOf(store, name)
    if (held) found.push([name, held])
  }
  return found
}

async function namesIn(store: string | RedisServer): Promise<string[]> {
  if (typeof store === 'string') {
    const entries = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return entries.map(({ parentPath, name }) => relative(store, join(parentPath, name)))
  }
  const keys = (await tellAll(store, 'KEYS', 'hearsay*')).toString().split('\r\n')
  return keys.filter((key) => key.startsWith('hearsay'))
}

/** With the key before it. */
async function valueOf(redis: RedisServer, key: string): Promise<Buffer> {
  const [type = ''] = (await tell(redis, 'TYPE', key)).slice(1).split('\r')
  const reading: Record<string, string[]> = {
    string: ['GET', key],
    set: ['SMEMBERS', key],
    zset: ['ZRANGE', key, '0', '-1'],
  }
  return Buffer.concat([Buffer.from(`${key} `), await tellAll(redis, ...(reading[type] ?? ['DUMP', key]))])
}

/** What can be read by inflating a part of the bytes, wherever that begins. */
function compressedIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = bytes.indexOf(0x78); at >= 0; at = bytes.indexOf(0x78, at + 1)) {
    // The first two bytes of such a stream, as one number, are a multiple of 31.
    if (bytes.length < at + 2 || bytes.readUInt16BE(at) % 31 !== 0) continue
    try {
      found.push(inflateSync(bytes.subarray(at), { finishFlush: constants.Z_SYNC_FLUSH }))
    } catch {}
  }
  return found
}
