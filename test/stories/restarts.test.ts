import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { spawnProgram, startProgram, type Program } from '../world/process.ts'
import { runInSandbox } from '../world/program-here.ts'
import { createPlayer, footerOf, messageOf, rowsOf } from '../world/world.ts'

describe('buttons that never die', () => {
  let sandbox: Sandbox
  let program: Program | undefined
  beforeEach(async () => (sandbox = await startSandbox()))
  afterEach(async () => {
    await program?.kill()
    await sandbox.close()
  })

  test('Ana’s page turns after kill -9 and a restart', () => turnsAfterKill({}))

  test.skipIf(withoutRedis())('the same with Redis', async () => {
    const redis = await startRedis()
    try {
      await turnsAfterKill({ REDIS_URL: redis.url })
      await program?.kill()
    } finally {
      await redis.stop()
    }
  })

  async function turnsAfterKill(changes: Record<string, string>): Promise<void> {
    const ana = createPlayer(sandbox, 'ana')
    program = await startProgram(sandbox, changes)
    expect((await ana.links()).status).toBe(200)
    const shown = messageOf(await ana.uses('liked recent'))
    const later = messageOf(await ana.presses(shown, 'Next'))
    await program.kill()

    program = await startProgram(sandbox, changes)
    const turned = messageOf(await ana.presses(later, 'Next'))
    expect(footerOf(turned)).toMatch(/^Page 3 of 312/)
    expect(rowsOf(turned)[0]).toMatch(/^\*\*3,100\.\*\*/)
  }

  test('a wait that Spotify asked for is kept over a restart', async () => {
    const ana = createPlayer(sandbox, 'ana')
    program = await startProgram(sandbox)
    await ana.links()
    sandbox.spotify.trouble = { kind: 'rate-limited', retryAfter: 600 }
    expect(messageOf(await ana.uses('liked recent')).content).toMatch(/<t:\d+:R>/)
    await program.kill()

    program = await startProgram(sandbox)
    const before = sandbox.spotify.requests.length
    expect(messageOf(await ana.uses('liked recent')).content).toMatch(/wait.*<t:\d+:R>/)
    expect(sandbox.spotify.requests.length).toBe(before)
  })

  test('the requests of the day count after a restart, however soon it is after them', async () => {
    const ana = createPlayer(sandbox, 'ana')
    let here = await runInSandbox(sandbox)
    await ana.links()
    await ana.uses('liked recent')
    expect(await here.terminate()).toBe(0)

    here = await runInSandbox(sandbox)
    expect(messageOf(await ana.uses('account status')).content).toContain(
      '-# Requests to Spotify in the last 24 hours: 2 of 1,000, for everybody who uses this bot.\n-# 1 for pages, 0 for whole libraries, 0 for roundups, 1 for accounts',
    )
    await here.terminate()
  })

  test('nothing of Ana is left on the disk once she has unlinked and the program has stopped', async () => {
    const ana = createPlayer(sandbox, 'ana')
    const directory = sandbox.env['DATA_DIR'] ?? ''
    const here = await runInSandbox(sandbox)
    await ana.links()
    expect(filesWith(directory, [ana.id, ana.spotify.id])).not.toEqual([])
    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    expect(await here.terminate()).toBe(0)
    expect(filesWith(directory, [ana.id, ana.spotify.id])).toEqual([])
  })

  test('SIGTERM ends it cleanly with 0, and a second one cannot share its data', async () => {
    program = await startProgram(sandbox)
    const second = spawnProgram(sandbox.env)
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain('already running on the data directory')
    expect(await program.terminate()).toBe(0)
  })

  test('DS-148 a token that was reset ends it with a sentence, not with a loop', async () => {
    program = await startProgram(sandbox)
    sandbox.discord.disconnect(4004)
    expect(await program.ended()).toBe(1)
    expect(program.output()).toContain('DISCORD_TOKEN')
  })

  test('half a configuration is refused, and every missing name is said', async () => {
    const { DISCORD_TOKEN = '', PUBLIC_URL = '' } = sandbox.env
    const refused = spawnProgram({ DISCORD_TOKEN, PUBLIC_URL })
    expect(await refused.ended()).toBe(1)
    for (const name of ['DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET', 'SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET']) {
      expect(refused.output()).toContain(name)
    }
    expect(refused.output()).not.toContain(DISCORD_TOKEN)
  })
})

function filesWith(directory: string, words: readonly string[]): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return files.filter((file) => words.some((word) => readFileSync(file).includes(word)))
}
