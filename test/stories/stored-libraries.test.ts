import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@keyv/redis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { startProgram } from '../world/process.ts'
import { runInSandbox } from '../world/program-here.ts'
import { readIfThere } from '../world/read-if-there.ts'
import { startSandbox } from '../world/sandbox.ts'
import { until } from '../world/until.ts'
import { createPlayer, messageOf, rowsOf, type Player } from '../world/world.ts'

const backends = ['a file', 'Redis'] as const

describe.each(backends)('libraries that are kept in %s', (backend) => {
  const isRedis = backend === 'Redis'
  let sandbox: Sandbox
  let redis: RedisServer | undefined
  let program: Awaited<ReturnType<typeof runInSandbox>> | undefined
  let ana: Player

  beforeEach(async (context) => {
    context.skip(isRedis && withoutRedis())
    sandbox = await startSandbox()
    redis = isRedis ? await startRedis() : undefined
    ana = createPlayer(sandbox, 'ana')
    // Made at its first use, which takes a while.
    expect(ana.spotify.library.length).toBe(3120)
  })
  afterEach(async () => {
    await program?.terminate()
    await sandbox?.close()
    await redis?.stop()
    program = undefined
  })

  const settings = (): Record<string, string> => (redis ? { REDIS_URL: redis.url } : {})

  async function restarts(changes: Record<string, string> = {}, start = runInSandbox): Promise<void> {
    expect((await program?.terminate()) ?? 0).toBe(0)
    program = await start(sandbox, { ...settings(), ...changes })
  }

  const requests = () => sandbox.spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length

  /** The rows of what she finds, and the requests that it took. */
  async function finds(query: string): Promise<{ rows: string[]; asked: number }> {
    const before = requests()
    const shown = messageOf(await ana.uses('liked search', { query }))
    return { rows: rowsOf(shown), asked: requests() - before }
  }

  /** Reads her whole library, until it is kept. */
  async function searchesFirst(): Promise<void> {
    await ana.uses('liked search', { query: 'river' })
    await until('an index in the store', async () => (await kept()).length === 1)
    expect(requests()).toBeGreaterThanOrEqual(63)
  }

  const folder = () => join(sandbox.env['DATA_DIR'] ?? '', 'libraries')

  /** What is kept of libraries, each as its bytes. */
  async function kept(): Promise<Buffer[]> {
    if (!redis) {
      const names = existsSync(folder()) ? readdirSync(folder()).filter((name) => name.endsWith('.bytes')) : []
      return names.flatMap((name) => readIfThere(join(folder(), name)) ?? [])
    }
    const client = await createClient({ url: redis.url }).connect()
    const texts = await Promise.all((await client.keys('hearsay:bytes:*')).map((key) => client.dump(key)))
    client.destroy()
    return texts.map((text) => Buffer.from(text ?? '', 'latin1'))
  }

  async function breaksAll(): Promise<void> {
    if (!redis) return readdirSync(folder()).forEach((name) => writeFileSync(join(folder(), name), 'torn'))
    const client = await createClient({ url: redis.url }).connect()
    for (const key of await client.keys('hearsay:bytes:*')) await client.set(key, 'torn', { PX: 3_600_000 })
    client.destroy()
  }

  const unlinks = async (player: Player) => player.presses(messageOf(await player.uses('unlink')), 'Unlink')

  test('Ana searches, the program is restarted, and she searches again for one request', async () => {
    await restarts({}, startProgram)
    await ana.links()
    await searchesFirst()
    const { rows } = await finds('rain')
    const [bytes = Buffer.alloc(0)] = await kept()
    for (const { song } of ana.spotify.library.slice(0, 500))
      if (song && song.title.length > 5) expect(bytes.includes(song.title)).toBe(false)
    expect(bytes.length).toBeLessThan(3120 * 60)

    await restarts({}, startProgram)
    const found = await finds('rain')
    expect(found.rows).toEqual(rows)
    expect(found.asked).toBeLessThanOrEqual(1)
    const { attachments } = messageOf(await ana.uses('account export'))
    const exported = JSON.parse(attachments[0]?.text ?? '{}') as Record<string, unknown>
    expect(exported['libraryIndex']).toEqual({
      songs: 3120,
      bytes: expect.any(Number),
      until: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
      key: 'present',
    })
    expect(exported['link']).not.toHaveProperty('libraryIndex')

    await restarts({ LIBRARY_CACHE_HOURS: '0' }, startProgram)
    await ana.uses('liked search', { query: 'rain' })
    await until('no index in the store', async () => (await kept()).length === 0)
  })

  test('nothing is kept of what was never searched, and nothing is left after she unlinks', async () => {
    await restarts()
    await ana.links()
    await ana.uses('liked recent')
    expect(await kept()).toEqual([])
    await searchesFirst()
    await unlinks(ana)
    expect(await kept()).toEqual([])
    expect(await program?.terminate()).toBe(0)
    expect(await kept()).toEqual([])
  })

  test('her consent ends, and what was kept with it', async () => {
    await restarts()
    await ana.links()
    await searchesFirst()
    sandbox.spotify.revoke(ana.spotify.id)
    await restarts()
    expect(messageOf(await ana.uses('liked recent')).content).toContain('/link')
    expect(await kept()).toEqual([])
  })

  test('what is torn is read anew, and nobody hears of it', async () => {
    await restarts()
    await ana.links()
    await searchesFirst()
    const { rows } = await finds('rain')
    await program?.terminate()
    await breaksAll()
    await restarts()
    const before = requests()
    await ana.uses('liked search', { query: 'rain' })
    await until('a whole reading', () => requests() >= before + 63)
    await expect.poll(async () => (await finds('rain')).rows).toEqual(rows)
  })

  test('the operator changes the key, and her index stays', async () => {
    const key = (letter: number) => Buffer.alloc(32, letter).toString('base64')
    await restarts({ TOKEN_KEYS: `k1:${key(1)}` })
    await ana.links()
    await searchesFirst()
    await restarts({ TOKEN_KEYS: `k2:${key(2)},k1:${key(1)}` })
    expect((await finds('rain')).asked).toBeLessThanOrEqual(1)
    await restarts({ TOKEN_KEYS: `k2:${key(2)},k1:${key(1)}` })
    expect((await finds('rain')).asked).toBeLessThanOrEqual(1)
  })
})

test.skipIf(withoutRedis())(
  'what one replica has read another has at once, and an unlink by one ends it for both',
  async () => {
    const [redis, sandbox] = [await startRedis(), await startSandbox()]
    const ports = [await freePort(), await freePort()]
    const [first = '', second = ''] = ports.map((port) => `http://127.0.0.1:${port}`)
    sandbox.env['PUBLIC_URL'] = first
    const shared = { REDIS_URL: redis.url, DISCORD_PUBLIC_KEY: sandbox.discord.publicKey }
    const programs = await Promise.all(ports.map((port) => startProgram(sandbox, { ...shared, PORT: String(port) })))
    const goesTo = (address: string) => sandbox.discord.deliverTo([`${address}/interactions`])
    const client = await createClient({ url: redis.url }).connect()
    const kept = () => client.keys('hearsay:bytes:*')
    const requests = () => sandbox.spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length
    const ana = createPlayer(sandbox, 'ana')
    expect(ana.spotify.library.length).toBe(3120)
    const searches = async () => messageOf(await ana.uses('liked search', { query: 'rain' }))
    try {
      await goesTo(first)
      await ana.links()
      await searches()
      await until('an index in the store', async () => (await kept()).length === 1)
      const asked = requests()
      const rows = rowsOf(await searches())
      await goesTo(second)
      expect(rowsOf(await searches())).toEqual(rows)
      expect(requests() - asked).toBeLessThanOrEqual(2)

      await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
      expect(await kept()).toEqual([])
      await goesTo(first)
      expect((await searches()).content).toContain('/link')
      for (const program of programs) expect(await program.terminate()).toBe(0)
      expect(await kept()).toEqual([])
    } finally {
      for (const program of programs) await program.kill()
      client.destroy()
      await sandbox.close()
      await redis.stop()
    }
  },
)
