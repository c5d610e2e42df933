import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startProgram } from '../world/process.ts'
import { startSandbox } from '../world/sandbox.ts'
import { runScript } from '../world/script.ts'
import { createPlayer, footerOf, messageOf, startWorld, type World } from '../world/world.ts'
import { expectNoSecret, visit } from './visit.ts'

describe('beside a bot that is well', () => {
  let world: World
  beforeAll(async () => (world = await startWorld()))
  afterAll(() => world.stop())

  test('the doctor finds nothing wrong, and says what has to be registered where', async () => {
    const health = () => fetch(`${world.env['PUBLIC_URL']}/health`)
    await expect.poll(async () => (await health()).status).toBe(200)
    const begun = performance.now()
    const findings = await visit(world.env)
    const took = performance.now() - begun
    expect(findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
    const { env } = world
    const expected: [string, string, string][] = [
      ['ok', 'Settings', 'All of them'],
      ['ok', 'DISCORD_TOKEN', env['DISCORD_CLIENT_ID'] ?? ''],
      ['ok', 'DISCORD_CLIENT_SECRET', 'Good'],
      ['note', 'Redirect at Discord', `${env['PUBLIC_URL']}/callback/discord`],
      ['ok', 'Interactions', 'gateway'],
      ['note', 'Invitation', 'permissions=274877991936'],
      ['ok', 'Gateway', '999 of 1000 session starts are left'],
      ['ok', 'Spotify app', 'are good'],
      ['note', 'Redirect at Spotify', `${env['PUBLIC_URL']}/callback/spotify`],
      ['note', 'Allow-list', 'five people'],
      ['ok', 'PUBLIC_URL', 'can answer commands'],
      ['ok', 'Languages', 'There are words for '],
      ['ok', 'PORT', `A Hearsay listens on ${env['PORT']}`],
      ['ok', 'Disk space', 'MB are free'],
      ['ok', 'DATA_DIR', 'A running Hearsay has it'],
      ['ok', 'Key ring', 'k1: they decrypt'],
    ]
    const clock = findings.find(({ about }) => about === 'Clock')
    const [, seconds] = /^Within (\d+) s of/.exec(clock?.says ?? '') ?? expect.unreachable(clock?.says)
    // A machine that is slow at asking sees that as a difference.
    expect(Number(seconds)).toBeLessThanOrEqual(1 + Math.round(took / 1000))
    expect(clock?.verdict).toBe('ok')
    for (const [verdict, about, says] of expected) {
      expect(findings).toContainEqual({ verdict, about, says: expect.stringContaining(says) })
    }
  })

  test('it disturbs nobody: no file changes, no token of its own stays, and Ana goes on', async () => {
    const sandbox = await startSandbox()
    onTestFinished(() => sandbox.close())
    const program = await startProgram(sandbox)
    onTestFinished(() => program.kill())
    const ana = createPlayer(sandbox, 'ana')
    await ana.links()
    const files = () => readdirSync(sandbox.env['DATA_DIR'] ?? '').map(contents)
    const contents = (name: string) => [name, readFileSync(join(sandbox.env['DATA_DIR'] ?? '', name), 'base64')]
    // It writes for itself now and then, so it stands still where every byte is compared.
    program.freeze()
    const names = readdirSync(sandbox.env['DATA_DIR'] ?? '')
    const [before, tokens] = [files().filter(([name]) => name !== 'hearsay.sqlite-shm'), sandbox.discord.liveTokens()]
    await visit(sandbox.env)
    expect(files().filter(([name]) => name !== 'hearsay.sqlite-shm')).toEqual(before)
    expect(sandbox.discord.liveTokens()).toBe(tokens)
    program.thaw()
    await visit(sandbox.env)
    expect(readdirSync(sandbox.env['DATA_DIR'] ?? '')).toEqual(names)
    expect(sandbox.discord.liveTokens()).toBe(tokens)
    expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1/)
  })

  test('as a process it prints a line a check and ends with 0', async () => {
    const { code, said } = await runDoctor(world.env)
    expect(said.split('\n').filter((line) => /^(ok {4}|note {2})[^:]+: /.test(line)).length).toBeGreaterThan(12)
    expect(said).toMatch(/\nNothing is wrong\.\n$/)
    expect(code).toBe(0)
    expectNoSecret(world.env, said)
  })

  test('as a process it ends with 1 where something is wrong', async () => {
    const { code, said } = await runDoctor({ ...world.env, SPOTIFY_CLIENT_SECRET: 'mistyped' })
    expect(said).toMatch(/^wrong Spotify app: .*SPOTIFY_CLIENT_SECRET/m)
    expect(said).toMatch(/\nOne thing is wrong; the lines above say what to do\.\n$/)
    expect(code).toBe(1)
    const nothing = await runDoctor({})
    expect(nothing.said).toMatch(/^wrong Settings: DISCORD_TOKEN is missing: .*\n(.*\n)*.*npm start is the sandbox/m)
    expect(nothing.code).toBe(1)
  })
})

test('before the first start the doctor makes nothing, and says what the start will make', async () => {
  const world = await startWorld()
  const { env } = world
  await world.stop()
  const directory = join(mkdtempSync(join(tmpdir(), 'hearsay-doctor-')), 'data')
  const findings = await visit({ ...env, DATA_DIR: directory, TOKEN_KEYS: undefined })
  expect(findings).toContainEqual({
    verdict: 'note',
    about: 'DATA_DIR',
    says: expect.stringContaining('first start makes it'),
  })
  expect(findings).toContainEqual({
    verdict: 'note',
    about: 'Key ring',
    says: expect.stringContaining('first start makes one'),
  })
  expect(existsSync(directory)).toBe(false)
  rmSync(join(directory, '..'), { recursive: true })
})

function runDoctor(env: Readonly<Record<string, string>>) {
  expect(statSync('src/doctor/main.ts').isFile()).toBe(true)
  return runScript(['src/doctor/main.ts'], { env })
}
