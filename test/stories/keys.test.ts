import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { encryptedKinds } from '../../src/accounts/key-usage.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startRedis, tell, type RedisServer, withoutRedis } from '../store/redis-server.ts'
import { runInSandbox, runProgram } from '../world/program-here.ts'
import { runScript } from '../world/script.ts'
import { createPlayer, footerOf, messageOf, type Player } from '../world/world.ts'

const key = (letter: number) => Buffer.alloc(32, letter).toString('base64')
const [k1, k2] = [`k1:${key(1)}`, `k2:${key(2)}`]

let sandbox: Sandbox
let program: ReturnType<typeof runProgram> | undefined
beforeEach(async () => (sandbox = await startSandbox()))
afterEach(async () => {
  await program?.terminate()
  await sandbox.close()
})

test.skipIf(withoutRedis())(
  'an operator changes the key under a running bot: Ana and Ben stay linked all the time',
  async () => {
    const redis = await startRedis()
    const settings = (ring: string) => ({ REDIS_URL: redis.url, TOKEN_KEYS: ring })
    const [ana, ben] = [createPlayer(sandbox, 'ana'), createPlayer(sandbox, 'ben')]
    try {
      program = await runInSandbox(sandbox, settings(k1))
      for (const player of [ana, ben]) expect((await player.links()).status).toBe(200)
      await program.terminate()
      expect(await kindsEncryptedWith('k1', redis)).toEqual(
        ['keys', ...encryptedKinds.filter((kind) => kind !== 'roundup-heads' && kind !== 'askers')].toSorted(),
      )

      program = await runInSandbox(sandbox, settings(`${k2},${k1}`))
      await expectLinked(ana)
      expect(await keys('status', settings(`${k2},${k1}`))).toMatchObject({
        code: 0,
        said: expect.stringMatching(
          /^k2 +active: 1 connection, .*\nk1 +opens: 1 connection,[^]*npm run keys -- reseal/,
        ),
      })

      // Ana and Ben have begun to link within the last minute, and what is stored of that is encrypted with the old key.
      expect((await keys('reseal', settings(`${k2},${k1}`))).said).toContain('Still encrypted with k1: 4 rows')
      for (const kind of ['attempts', 'invitations']) await forget(redis.url, kind)
      await tell(redis, 'SET', 'hearsay:record:links:999', '{"broken')
      expect((await keys('status', settings(k2))).said).toContain('Not what Hearsay wrote: links 999.')
      const refused = runProgram({ ...sandbox.env, ...settings(k2) })
      expect(await refused.ended()).toBe(1)
      expect(refused.output()).toContain('TOKEN_KEYS lacks the key "k1"')
      expect(await keys('reseal', settings(`${k2},${k1}`))).toEqual({
        code: 0,
        said: expect.stringMatching(
          /^Encrypted with k2 now: 2 connections\.\n.*: links 999\..*\nk1 can be removed from TOKEN_KEYS after \d{4}-/,
        ),
      })
      await tell(redis, 'DEL', 'hearsay:record:links:999')
      for (const player of [ana, ben]) await expectLinked(player)
      await program.terminate()

      program = await runInSandbox(sandbox, settings(k2))
      for (const player of [ana, ben]) await expectLinked(player)
      expect((await keys('status', settings(k2))).said).toContain('Nothing has to be done.')
    } finally {
      await program?.terminate()
      await redis.stop()
    }
  },
)

test('CF-172 the active key was replaced without keeping the old one: the bot does not start, and says which and how many rows', async () => {
  const ana = createPlayer(sandbox, 'ana')
  program = await runInSandbox(sandbox, { TOKEN_KEYS: k1 })
  await ana.links()
  expect(await keys('status', { TOKEN_KEYS: k1 })).toMatchObject({
    code: 1,
    said: expect.stringContaining('Stop it first'),
  })
  await program.terminate()

  const wrong = [
    [k2, 'TOKEN_KEYS lacks the key "k1", with which 3 stored rows are encrypted'],
    [`k1:${key(3)}`, 'TOKEN_KEYS holds another key "k1" than the one with which 3 stored rows are encrypted'],
  ] as const
  for (const [ring, sentence] of wrong) {
    const refused = runProgram({ ...sandbox.env, TOKEN_KEYS: ring })
    expect(await refused.ended()).toBe(1)
    expect(refused.output()).toContain(sentence)
    expect(refused.output()).not.toContain(ring.slice(3))
  }
  expect(await keys('status', { TOKEN_KEYS: k2 })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/k1 +MISSING from TOKEN_KEYS: 1 connection,[^]*Add k1 to TOKEN_KEYS again/),
  })

  program = await runInSandbox(sandbox, { TOKEN_KEYS: `${k2},${k1}` })
  await expectLinked(ana)
})

test('the file with the key is lost: the bot makes no other one, everybody says the same, and with the file it goes on', async () => {
  const settings = { TOKEN_KEYS: '' }
  const ana = createPlayer(sandbox, 'ana')
  program = await runInSandbox(sandbox, settings)
  const file = join(sandbox.env['DATA_DIR'] ?? '', 'token-keys')
  const made = program
    .output()
    .split('\n')
    .find((line) => line.includes('Made a key'))
  expect(made).toContain(file)
  const key = readFileSync(file, 'utf8').trim()
  expect(program.output()).not.toContain(key.slice(3))
  await ana.links()
  await program.terminate()
  expect((await keys('status', settings)).said).toContain('Nothing has to be done.')

  rmSync(file)
  const refused = runProgram({ ...sandbox.env, ...settings })
  expect(await refused.ended()).toBe(1)
  const sentence = `What is stored was encrypted with a key that is gone. Put ${file} back, or set TOKEN_KEYS`
  expect(refused.output()).toContain(sentence)
  expect(existsSync(file)).toBe(false)
  const status = await keys('status', settings)
  expect(status).toMatchObject({
    code: 1,
    said: expect.stringMatching(/^k1 +MISSING from \S+token-keys: 1 connection,/),
  })
  expect(status.said).toContain(sentence)
  expect(await keys('reseal', settings)).toEqual({ code: 1, said: expect.stringContaining(sentence) })

  writeFileSync(file, `${k1}\n`)
  const another = runProgram({ ...sandbox.env, ...settings })
  expect(await another.ended()).toBe(1)
  expect(another.output()).toContain(`${file} holds another key "k1" than the one with which`)
  expect(another.output()).not.toContain('TOKEN_KEYS')
  expect(await keys('status', settings)).toMatchObject({
    code: 1,
    said: expect.stringMatching(
      /^k1 +CANNOT DECRYPT, .* 1 connection,[^]*Put the earlier k1 back into \S+token-keys\./,
    ),
  })

  writeFileSync(file, `k2:${Buffer.alloc(32, 9).toString('base64')}\n`)
  const lacking = runProgram({ ...sandbox.env, ...settings })
  expect(await lacking.ended()).toBe(1)
  expect(lacking.output()).toMatch(/token-keys lacks the key "k1", .* on a line below the new one\./)

  writeFileSync(file, `${key}\n`)
  program = await runInSandbox(sandbox, settings)
  expect(program.output()).not.toContain('Made a key')
  await expectLinked(ana)
})

async function expectLinked(player: Player): Promise<void> {
  expect(footerOf(messageOf(await player.uses('liked recent')))).toMatch(/^Page 1 of/)
}

/** What the operator's command says in the environment of the bot. */
function keys(task: string, changes: Record<string, string>) {
  return runScript(['src/keys/main.ts', task], { env: { PATH: process.env['PATH'], ...sandbox.env, ...changes } })
}

async function kindsEncryptedWith(id: string, redis: RedisServer): Promise<string[]> {
  const kinds = new Set<string>()
  for (const name of (await tell(redis, 'KEYS', 'hearsay:record:*'))
    .split(/\s+/)
    .filter((word) => word.includes(':'))) {
    if ((await tell(redis, 'GET', name)).includes(`v1.${id}.`)) kinds.add(name.split(':')[2] ?? '')
  }
  return [...kinds].toSorted()
}

/** As if fifteen minutes had gone by. */
async function forget(url: string, kind: string): Promise<void> {
  const store = await openStore({ redisUrl: url })
  for await (const key of store.keys(kind)) await store.delete(kind, key)
  await store.close()
}
