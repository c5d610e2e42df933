import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { meterKind } from '../../src/store/meter.ts'
import { withoutRedis, startRedis } from '../store/redis-server.ts'
import { buttonsOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'
import { formsOf, remainsOfFile, remainsOfRedis, type Remain, type Remains } from './remains.ts'

const minute = 60_000
const day = 24 * 60 * minute
const clientId = 'c0ffee00c0ffee00c0ffee00c0ffee00'

interface Opened {
  readonly world: World
  readonly remains: Remains
  end(): Promise<void>
}

const withRedis = !withoutRedis() ? inRedis : undefined

describe.each([
  ['the file', inFile],
  ['Redis', withRedis],
] as const)('once Ana has unlinked, %s', (_, open) => {
  let opened: Opened
  let ana: Player
  let ben: Player
  beforeEach(async () => {
    if (!open) return
    onTestFinished(() => void vi.useRealTimers())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    opened = await open()
    ana = opened.world.person('ana')
    ben = opened.world.person('ben')
  })
  afterEach(async () => {
    await opened?.end()
  })

  test.skipIf(!open)('holds nothing by which she could be found, and one record that ends by itself', async () => {
    const { world, remains } = opened
    await expect.poll(async () => kindsOf(await remains.all())).toContain('registrations')
    await ben.links()
    const before = (await remains.all()).map(({ text }) => text)
    await ana.links()
    await passes(170 * day)
    await ana.uses('liked recent')
    await expect.poll(async () => kindsOf(await remains.all())).toContain('reminders')
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    world.spotify.expireAccessTokens()
    await ana.uses('liked search', { query: 'rain' })
    await asks(ana, 'ben')
    await asks(ben, 'chiyo')
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with nobody')
    await asks(ben, 'ana')
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    await ana.uses('link', { 'client-id': clientId })
    await ana.linksUntil('confirm')
    await ana.linksUntil('spotify')
    const kinds = kindsOf(await remains.all())
    expect(kinds).toEqual(
      expect.arrayContaining(['attempts', 'states', 'used-states', 'invitations', 'questions', 'askers']),
    )
    expect(formsIn(await remains.bytes())).not.toEqual([])

    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    expect(formsIn(await remains.bytes())).toEqual([])
    // How much was asked through an app, under a hash of its id, is nobody's; and Ben is told when his own connection ends.
    const isOthers = ({ kind, text }: Remain) =>
      kind === meterKind || (/^(?:due|reminded|leases?)$/.test(kind) && !text.includes(ana.id))
    const after = (await remains.all()).filter((one) => !isOthers(one) && !before.includes(one.text))
    // What Ben has asked Chiyo is theirs: it, that he has asked twice, that he and Chiyo were asked, and three in the server.
    expect(kindsOf(after).filter((kind) => kind === 'questions')).toHaveLength(1 + 2 + 2 + 3)
    expect(new Set(kindsOf(after))).toEqual(new Set(['questions', 'askers', 'traces', 'unlinked']))
    expect(after.filter(({ kind }) => kind === 'askers').map(({ endsIn }) => endsIn <= 15 * minute)).toEqual([true])
    const traces = after.filter(({ kind }) => kind === 'traces').map(({ text }) => text.split('questions').length - 1)
    expect(new Set(traces)).toEqual(new Set([2, 4]))
    const unlinked = after.find(({ kind }) => kind === 'unlinked')
    expect(unlinked?.endsIn).toBeLessThanOrEqual(11 * minute)
  })

  test.skipIf(!open)('gets nothing back from a linking that she had begun, nor from an old invitation', async () => {
    const { remains } = opened
    await ana.links()
    const invitation = buttonsOf(messageOf(await ana.uses('link')))[0]?.url ?? expect.unreachable()
    const consent = await ana.linksUntil('spotify')
    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    const after = kindsOf(await remains.all())
    expect((await ana.browser.goOn(consent)).status).toBeGreaterThanOrEqual(400)
    expect(formsIn(await remains.bytes())).toEqual([])
    expect(kindsOf(await remains.all())).toEqual(after)
    expect(messageOf(await ana.uses('liked recent')).content).toContain('</link:')

    await passes(1)
    expect((await ana.browser.visit(invitation)).status).toBe(200)
    expect((await ana.links()).status).toBe(200)
  })

  async function passes(milliseconds: number): Promise<void> {
    vi.setSystemTime(Date.now() + milliseconds)
    await opened.remains.pass(milliseconds)
  }

  async function asks(player: Player, whom: string): Promise<void> {
    const { id, name } = opened.world.person(whom)
    await player.presses(messageOf(await player.uses('liked recent', { member: id })), `Ask @${name} to share`)
  }

  /** By what Ana can be found in there. */
  function formsIn(bytes: Buffer): string[] {
    return [ana.id, ana.spotify.id].flatMap(formsOf).filter((form) => bytes.includes(form))
  }
})

async function inFile(): Promise<Opened> {
  const world = await startWorld()
  return { world, remains: remainsOfFile(world.env['DATA_DIR'] ?? ''), end: () => world.stop() }
}

async function inRedis(): Promise<Opened> {
  const redis = await startRedis()
  const world = await startWorld({ REDIS_URL: redis.url })
  const remains = await remainsOfRedis(redis.url)
  const end = async (): Promise<void> => {
    remains.close()
    await world.stop()
    await redis.stop()
  }
  return { world, remains, end }
}

/** Sorted, since a store says nothing of an order. */
function kindsOf(remains: readonly Remain[]): string[] {
  return remains.map(({ kind }) => kind).toSorted()
}
