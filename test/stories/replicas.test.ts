import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SignedDelivery } from '../../sandbox/discord/discord.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { freePort } from '../../sandbox/free-port.ts'
import { startRedis, type RedisServer, withoutRedis } from '../store/redis-server.ts'
import { words } from '../../sandbox/browser.ts'
import { asks, questionOf, seenAgain } from '../world/asking.ts'
import { until } from '../world/until.ts'
import { startProgram, type Program } from '../world/process.ts'
import { startProxy, type Proxy } from '../world/proxy.ts'
import { createPlayer, footerOf, messageOf, type Player } from '../world/world.ts'

describe.skipIf(withoutRedis())('two replicas behind a proxy, with one Redis', () => {
  let redis: RedisServer
  let proxy: Proxy
  let sandbox: Sandbox
  let programs: Program[] = []
  let ports: number[]
  let ana: Player
  let ben: Player

  beforeAll(async () => {
    redis = await startRedis()
    proxy = await startProxy()
    sandbox = await startSandbox()
    ports = [await freePort(), await freePort()]
    sandbox.env['PUBLIC_URL'] = proxy.url
    programs = await Promise.all(ports.map(start))
    proxy.ports = ports
    await sandbox.discord.deliverTo(ports.map((port) => `http://127.0.0.1:${port}/interactions`))
    ana = createPlayer(sandbox, 'ana')
    ben = createPlayer(sandbox, 'ben')
  })
  afterAll(async () => {
    await Promise.all(programs.map((program) => program.kill()))
    await sandbox.close()
    await proxy.close()
    await redis.stop()
    expect({ discord: sandbox.discord.surprises, spotify: sandbox.spotify.surprises }).toEqual({
      discord: [],
      spotify: [],
    })
  })

  function start(port: number): Promise<Program> {
    const shared = { REDIS_URL: redis.url, DISCORD_PUBLIC_KEY: sandbox.discord.publicKey, TRUST_PROXY: '1' }
    return startProgram(sandbox, { ...shared, PORT: String(port) })
  }

  /** Which replica took the latest interaction. */
  const taker = () => sandbox.discord.deliveries.at(-1)?.url

  test('Discord is told the commands once', () => {
    const told = sandbox.discord.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands'))
    expect(told).toHaveLength(1)
  })

  test('Ana links by pages that come from one and the other', async () => {
    const done = await ana.links()
    expect(done.status, words(done)).toBe(200)
    expect(words(done)).toContain('Linked as')
    const pages = proxy.log.filter((line) => /\/(link|callback)/.test(line)).map((line) => line.split(' ')[0])
    expect(new Set(pages)).toEqual(new Set(ports.map(String)))
    expect(pages.length).toBeGreaterThanOrEqual(4)
  })

  test('her page comes from one and is turned by the other, and on', async () => {
    let shown = messageOf(await ana.uses('liked recent'))
    const takers = [taker()]
    for (let page = 2; page <= 7; page += 1) {
      const turned = await ana.presses(shown, 'Next')
      shown = messageOf(turned)
      expect(footerOf(shown)).toMatch(new RegExp(`^Page ${page} of 312`))
      takers.push(taker())
    }
    expect(new Set(takers).size).toBe(2)
    expect(takers.every((url, index) => url !== takers[index + 1])).toBe(true)
  })

  test('what she shares and takes back on one holds on the other at once', async () => {
    const sharing = messageOf(await ana.uses('account sharing'))
    await ana.presses(sharing, 'Share with this server')
    const seen = messageOf(await ben.uses('liked recent', { member: ana.id }))
    expect(footerOf(seen)).toMatch(/^Page 1 of 312/)
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with nobody')
    for (const page of [seen, seen]) {
      expect(messageOf(await ben.presses(page, 'Next')).content).toContain('not shared with you here')
    }
  })

  test('Ben asks through one, Ana answers through the other, and Ben is told', async () => {
    const urls = ports.map((port) => `http://127.0.0.1:${port}/interactions`)
    const [first = '', second = ''] = urls
    await ben.links()
    await sandbox.discord.deliverTo([first])
    const asked = await asks(ben, ana)
    expect(asked.content).toContain('I asked')
    const question = await questionOf(sandbox, ben, ana, asked.channelId)
    await sandbox.discord.deliverTo([second])
    await ana.presses(question, 'No')
    const told = `<@${ana.id}> said no. I won't ask again.`
    await until('the news', () => seenAgain(sandbox, ben, asked)?.content === told)
    await sandbox.discord.deliverTo(urls)
  })

  test('somebody sends a copy of her consent to the other one after she took it back: nothing is shared', async () => {
    const urls = ports.map((port) => `http://127.0.0.1:${port}/interactions`)
    const [first = '', second = ''] = urls
    const sendCopy = async (delivery: SignedDelivery | undefined) => {
      const answer = await fetch(second, { method: 'POST', ...(delivery ?? expect.unreachable()) })
      return { status: answer.status, text: await answer.text() }
    }
    await sandbox.discord.deliverTo([first])
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    const consent = sandbox.discord.latestDelivery
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with nobody')
    expect(await sendCopy(consent)).toEqual({ status: 202, text: '' })
    const refused = messageOf(await ben.uses('liked recent', { member: ana.id }))
    expect(refused.content).toContain('not shared with you here')

    // What only looks is not asked about in the store, and looks again.
    await ana.presses(messageOf(await ana.uses('liked recent')), 'Next')
    const turn = sandbox.discord.latestDelivery
    expect((await sendCopy(turn)).status).toBe(200)
    await sandbox.discord.deliverTo(urls)
  })

  test('one is killed in the middle of everything: the other answers, and the next one registers nothing', async () => {
    const [first = 0, second = 0] = ports
    await programs[0]?.kill()
    await sandbox.discord.deliverTo([`http://127.0.0.1:${second}/interactions`])
    expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
    programs[0] = await start(first)
    await sandbox.discord.deliverTo(ports.map((port) => `http://127.0.0.1:${port}/interactions`))
    const shown = messageOf(await ana.uses('liked recent'))
    expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)
    expect(sandbox.discord.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1)
  })

  test('one that is told to stop ends with 0', async () => {
    expect(await programs[1]?.terminate()).toBe(0)
  })
})
