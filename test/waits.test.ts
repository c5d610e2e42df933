import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { Client } from 'discord.js'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Sandbox } from '../sandbox/start.ts'
import { createClient } from '../src/discord/client.ts'
import { beginSession } from '../src/discord/connecting.ts'
import { createWaits } from '../src/discord/waits.ts'
import type { Log } from '../src/log.ts'
import { runProgram } from './world/program-here.ts'
import { startSandbox } from './world/sandbox.ts'
import { footerOf, messageOf, startWorld, unhurried } from './world/world.ts'

/** As Cloudflare has said it. */
const aDay = '82721'
const forms = ['json', 'page'] as const
const end = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z, in 827\d\d s/

let sandbox: Sandbox
let program: ReturnType<typeof runProgram> | undefined
beforeEach(async () => (sandbox = await startSandbox()))
afterEach(async () => {
  await program?.terminate()
  await sandbox.close()
})

const health = async () => {
  const answer = await fetch(`${sandbox.env['PUBLIC_URL']}/health`).catch(() => undefined)
  return answer && { code: answer.status, ...((await answer.json()) as { status: string; waiting?: string }) }
}
const warnings = () =>
  (program?.output() ?? '')
    .split('\n')
    .filter((line) => line.includes('Discord answers') || line.includes('Discord lets'))

describe.each(forms)('Discord has the start wait for most of a day, as %s', (form) => {
  test('GET /gateway/bot: one warning and /health say until when, and it ends when it is asked to', async () => {
    const letGo = sandbox.discord.haveWait(/GET .*\/gateway\/bot$/, aDay, form)
    program = runProgram(sandbox.env)
    await expect.poll(health).toMatchObject({ code: 503, why: 'starting', waiting: expect.stringMatching(end) })
    await expect.poll(warnings).toEqual([expect.stringMatching(/GET \/gateway\/bot again at /)])
    letGo()
    expect(await program.terminate()).toBe(0)
    expect(warnings()).toHaveLength(1)
  })

  test('registering the commands: the bot answers all the same, by the gateway', async () => {
    sandbox.discord.haveWait(/PUT .*\/commands$/, aDay, form)
    program = runProgram(sandbox.env)
    await expect.poll(health).toMatchObject({ code: 200, status: 'ok', waiting: expect.stringMatching(end) })
    expect(sandbox.discord.online()).toBe(true)
    await expect.poll(warnings).toEqual([expect.stringMatching(/PUT \/applications\/:id\/commands again at /)])
  })

  test('everything, with interactions over HTTP: it opens at once and answers', async () => {
    const { discord, env } = sandbox
    const letGo = discord.haveWait(/ /, aDay, form)
    program = runProgram({ ...env, DISCORD_PUBLIC_KEY: discord.publicKey })
    await expect.poll(health).toMatchObject({ code: 200, status: 'ok', waiting: expect.stringMatching(end) })
    expect((await health())?.waiting).toMatch(/applications\/@me again at .*; .*commands again at /)
    await expect.poll(warnings).toHaveLength(2)
    await discord.deliverTo([`${env['PUBLIC_URL']}/interactions`])
    letGo()
  })
})

test('the bot has used up the sessions of a day: it says so, waits, and connects when there is one again', async () => {
  const { discord } = sandbox
  Object.assign(discord.sessionStarts, { remaining: 0, reset_after: 6_000 })
  program = runProgram(sandbox.env)
  const waiting = expect.stringMatching(/has used up the sessions .* look at its log\. .* again at \d{4}-.*Z, in \d s/)
  await expect.poll(health).toMatchObject({ code: 503, why: 'starting', waiting })
  await expect.poll(warnings).toHaveLength(1)
  discord.sessionStarts.remaining = 1000
  await expect.poll(health).toEqual({ code: 200, status: 'ok' })
})

test.each([2 ** 31, 1e300])(
  'a wait for sessions of %d ms, more than fits into a timer, is waited for',
  async (reset_after) => {
    const end = new AbortController()
    const overflows: string[] = []
    const overflow = ({ name }: Error) => void overflows.push(name)
    process.on('warning', overflow)
    onTestFinished(() => void process.off('warning', overflow))
    const get = async () => ({
      url: 'wss://gateway.test',
      shards: 1,
      session_start_limit: { remaining: 0, reset_after },
    })
    const waits: string[] = []
    const log = { warn: (line: string) => waits.push(line), debug: () => undefined } as unknown as Log
    const options = { apiUrl: 'https://discord.test', slice: undefined, waits: createWaits(log), signal: end.signal }
    const begun = beginSession({ rest: { get } } as unknown as Client, 'token', options)
    await vi.waitUntil(() => waits.length > 0)
    await setImmediate()
    end.abort()
    await expect(begun).rejects.toThrow('aborted')
    expect(overflows).not.toContain('TimeoutOverflowWarning')
    expect(waits).toEqual([expect.stringMatching(/again at \d{4}-.*Z, in 214748\d s/)])
  },
)

test('commands that had to wait are registered after the wait, while the bot runs', async () => {
  const { discord } = sandbox
  const letGo = discord.haveWait(/PUT .*\/commands$/, '6.5')
  program = runProgram(sandbox.env)
  await expect
    .poll(health)
    .toMatchObject({ code: 200, waiting: expect.stringMatching(/commands again at .*Z, in \d s/) })
  expect(discord.commands()).toEqual([])
  letGo()
  await expect.poll(() => discord.commands().length).toBeGreaterThan(5)
  await expect.poll(health).toEqual({ code: 200, status: 'ok' })
})

describe('a wait inside discord.js', () => {
  const told: string[] = []
  const log = { warn: (line: string) => told.push(line), debug: (line: string) => told.push(line) } as unknown as Log

  /** What comes of a request that is told to wait: whether it is given up, and what is said of it. */
  async function outcomeOf(method: 'get' | 'patch' | 'post', path: `/${string}`, header?: string) {
    told.length = 0
    const { apiUrl, credentials, requests } = sandbox.discord
    const waits = createWaits(log)
    const client = createClient({ apiUrl, token: credentials.token, shards: undefined }, new Map(), waits.onWait)
    onTestFinished(() => client.destroy())
    onTestFinished(sandbox.discord.haveWait(/./, header))
    const before = requests.length
    const asked = client.rest[method](path, method === 'get' ? {} : { body: {} }).catch((error: unknown) => error)
    await expect.poll(() => told.length).toBeGreaterThan(0)
    const rejected = await Promise.race([asked, setImmediate('waits')])
    return { rejected: rejected !== 'waits', told: waits.told(), said: told, requests: requests.length - before }
  }

  const gateway = '/gateway/bot'
  const edit = '/webhooks/123456789012345678/a-token/messages/@original'
  const callback = '/interactions/123456789012345678/a-token/callback'
  const channel = '/channels/123456789012345678/messages'
  test.each([
    ['get', gateway, '82721', { rejected: false, told: /gateway\/bot again at .*, in 8272\d s$/ }],
    ['patch', edit, '0.503', { rejected: false, said: /messages\/@original again at .*, in 1 s\./ }],
    ['patch', edit, '299.997', { rejected: false, told: /messages\/@original again at .*, in (?:300|301) s$/ }],
    ['patch', edit, '3600.5', { rejected: true, told: /in 360\d s$/ }],
    ['post', callback, '45.7', { rejected: true, told: /callback again at .*, in 4\d s$/ }],
    ['post', channel, '29', { rejected: false, told: /messages again at .*, in (?:29|30) s$/ }],
    ['post', channel, '82721', { rejected: true, told: /in 8272\d s$/ }],
    ['post', channel, '9'.repeat(40), { rejected: true, told: /in 2147484 s$/ }],
    ['get', gateway, undefined, { rejected: false, told: /in [45] s$/ }],
    ['get', gateway, 'soon', { rejected: false, told: /in [45] s$/ }],
    ['get', gateway, '-5', { rejected: false, told: /in [45] s$/ }],
    ['get', gateway, 'Fri, 04 Dec 2026 10:00:00 GMT', { rejected: false, told: /in [45] s$/ }],
  ] as const)('%s %s, Retry-After %s', async (method, path, header, { rejected, ...expected }) => {
    const outcome = await outcomeOf(method, path, header)
    expect(outcome).toMatchObject({ rejected, requests: 1 })
    if ('told' in expected) expect(outcome.told).toMatch(expected.told)
    else expect(outcome.said.join()).toMatch(expected.said)
    expect(outcome.said).toHaveLength(1)
    expect(outcome.said.join()).not.toMatch(/a-token|123456789/)
  })
})

test('Discord has an answer to Ana wait for an hour: nobody waits for it, and the operator reads until when', async () => {
  const world = await startWorld({}, 'gateway', unhurried)
  const ana = world.person('ana')
  await ana.links()
  const letGo = world.discord.haveWait(/POST .*\/callback$/, '3600.5')
  void ana.uses('liked recent')
  await expect.poll(() => world.warnings.join('\n')).toMatch(/callback again at .*, in 360\d s\./)
  await expect.poll(() => world.errors.splice(0).join('\n')).toContain('An interaction could not be answered')
  letGo()
  expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
  await world.stop()
})

test('HTTP mode says why it could not compare its key, and serves', async () => {
  const { discord, env } = sandbox
  const key = { DISCORD_PUBLIC_KEY: discord.publicKey }
  program = runProgram({ ...env, ...key })
  await expect.poll(health).toEqual({ code: 200, status: 'ok' })
  await program.terminate()
  // Its commands are known by now, so that it needs nothing of Discord.
  discord.failNext(/GET .*\/applications\/@me$/, 503, {}, 4)
  program = runProgram({ ...env, ...key })
  expect(await program.prints('Nobody knows whether DISCORD_PUBLIC_KEY is right')).toContain('Discord answered 503')
  await expect.poll(health).toEqual({ code: 200, status: 'ok' })
})

test('HTTP mode serves although Discord takes its questions and never answers', async () => {
  const { discord, env } = sandbox
  const key = { DISCORD_PUBLIC_KEY: discord.publicKey }
  program = runProgram({ ...env, ...key })
  await expect.poll(health).toEqual({ code: 200, status: 'ok' })
  await program.terminate()
  const silent = createServer()
  onTestFinished(() => void silent.close())
  const sockets: Socket[] = []
  silent.on('connection', (socket) => sockets.push(socket))
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  const { port } = silent.address() as AddressInfo
  program = runProgram({ ...env, ...key, DISCORD_API_URL: `http://127.0.0.1:${port}/api` })
  await expect.poll(health).toEqual({ code: 200, status: 'ok' })
  // It asks four times before it gives up.
  expect(sockets.length).toBeLessThan(4)
  expect(await program.terminate()).toBe(0)
})
