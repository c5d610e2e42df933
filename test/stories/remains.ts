import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createClient } from '@keyv/redis'
import { meterKind } from '../../src/store/meter.ts'

/** A record, or a member of a set or an index, as it is in a store. */
export interface Remain {
  readonly kind: string
  readonly text: string
  /** Milliseconds from now; NaN for what stays. */
  readonly endsIn: number
}

/** What is in a store, read past the program. */
export interface Remains {
  all(): Promise<Remain[]>
  /** Every byte of it: of all files, or of all keys and values. */
  bytes(): Promise<Buffer>
  /** When a member of an index is due, in milliseconds. */
  dueAt(index: string, member: string): Promise<number | undefined>
  /** Lets time pass for a store that has a clock of its own. */
  pass(milliseconds: number): Promise<void>
}

export async function remainsOfRedis(url: string): Promise<Remains & { close(): void }> {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  const read = async (key: string): Promise<Remain[]> => {
    const [, type = '', kind = ''] = key.split(':')
    const left = await client.pTTL(key)
    const structure = await client.type(key)
    if (structure === 'string')
      return [{ kind, text: `${key} ${await client.get(key)}`, endsIn: left < 0 ? Number.NaN : left }]
    if (structure === 'hash')
      return [{ kind: meterKind, text: `${key} ${JSON.stringify(await client.hGetAll(key))}`, endsIn: left }]
    const members = structure === 'set' ? await client.sMembers(key) : await client.zRange(key, 0, -1)
    return members.map((member) => ({ kind: type, text: `${key} ${member}`, endsIn: Number.NaN }))
  }
  const all = async (): Promise<Remain[]> => (await Promise.all((await client.keys('*')).map(read))).flat()
  return {
    all,
    bytes: async () => Buffer.from((await all()).map(({ text }) => text).join('\n')),
    dueAt: async (index, member) => (await client.zScore(`hearsay:due:${index}`, member)) ?? undefined,
    async pass(milliseconds) {
      for (const key of await client.keys('*')) {
        const left = await client.pTTL(key)
        if (left > milliseconds) await client.pExpire(key, left - milliseconds)
        else if (left > 0) await client.del(key)
      }
    },
    close: () => client.destroy(),
  }
}

export function remainsOfFile(directory: string): Remains {
  return {
    async all() {
      const database = new DatabaseSync(join(directory, 'hearsay.sqlite'), { readOnly: true })
      const rows = ['records', 'sets', 'due', 'leases'].flatMap((table) =>
        database
          .prepare(`SELECT * FROM ${table}`)
          .all()
          .map((row) => {
            const { kind = table, expires, version: _, ...rest } = row
            return {
              kind: String(kind),
              text: JSON.stringify(rest),
              endsIn: Number(expires ?? Number.NaN) - Date.now(),
            }
          }),
      )
      database.close()
      return rows
    },
    async bytes() {
      // By another process: closing any handle of a file here would end the locks on it.
      const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
        /^hearsay\.sqlite|\.(bytes|tmp)$/.test(file),
      )
      const paths = files.map((file) => join(directory, file))
      return execFileSync('cat', paths, { maxBuffer: 2 ** 28 })
    },
    async dueAt(index, member) {
      const database = new DatabaseSync(join(directory, 'hearsay.sqlite'), { readOnly: true })
      const row = database.prepare('SELECT at FROM due WHERE name = ? AND member = ?').get(index, member)
      database.close()
      return row && Number(row['at'])
    },
    pass: async () => undefined,
  }
}

/** Everything by which somebody who knows an id could find it: as it is, encoded, and hashed without a key. */
export function formsOf(id: string): string[] {
  const encoded = (['hex', 'base64url'] as const).map((form) => Buffer.from(id).toString(form))
  const hashed = (['md5', 'sha1', 'sha256', 'sha512'] as const).flatMap((hash) =>
    (['hex', 'base64', 'base64url'] as const).map((form) => createHash(hash).update(id).digest(form)),
  )
  return [id, ...encoded, ...hashed]
}
