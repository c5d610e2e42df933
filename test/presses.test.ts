import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../sandbox/discord/discord.ts'
import { encodePageId } from '../src/views/page-id.ts'
import { until } from './world/until.ts'
import { footerOf, messageOf, rowsOf, startWorld, unhurried, type Player, type World } from './world/world.ts'

let world: World
let ana: Player
let ben: Player
let shown: Message
beforeAll(async () => {
  world = await startWorld({}, 'gateway', unhurried)
  ;[ana, ben] = [world.person('ana'), world.person('ben')]
  await ana.links()
})
beforeEach(async () => (shown = messageOf(await ana.uses('liked recent'))))
afterAll(() => world.stop())

const owner = '175928847299117063'
const anotherRelease = /^I don't know this button any more\. Use .+ for a new (page|message)\.$/

describe('an id that no button of this release has is answered privately, for no request', () => {
  const ids: [string, string, RegExp?][] = [
    ['IX-112 another prefix', `likes:1:${owner}:10::n`],
    ['IX-112 no prefix', ':'],
    ['IX-112 a prefix in capitals', `LIKED:1:${owner}:10::n`],
    ['IX-112 a prefix that every object has', 'constructor:1'],
    ['IX-112 a command that has no buttons', `link:1:${owner}`],
    ['IX-112 another version', `liked:2:${owner}:10::n`],
    ['IX-112 the next version', 'liked:3:1a2b3c4d5e6f:0::n'],
    ['IX-112 only the name', 'liked'],
    ['IX-115 offset -1', `liked:1:${owner}:-1::n`],
    ['IX-115 offset 1e9', `liked:1:${owner}:1000000000::n`],
    ['IX-115 offset NaN', `liked:1:${owner}:NaN::n`],
    ['IX-115 offset "1e3"', `liked:1:${owner}:1e3::n`],
    ['IX-115 offset in full-width digits', `liked:1:${owner}:１０::n`],
    ['IX-115 an anchor that is none', `liked:1:${owner}:10:${'z'.repeat(20)}:n`],
    ['IX-116 101 characters', `liked:1:${owner}:10::n`.padEnd(101, 'n')],
    ['IX-116 nothing', ''],
    ['IX-117 an earlier release', `liked:0:${owner}:10:n`],
    [
      'IX-112 another version of Unlink',
      `unlink:2:${owner}`,
      /^This button is somebody else's, or I don't know it any more\.$/,
    ],
    ['IX-114 the Unlink button of somebody else', 'unlink:1:218430562115657728', /^This button is somebody else's/],
  ]
  test.each(ids)('%s', async (_, customId, sentence = anotherRelease) => {
    const before = world.spotify.requests.length
    const outcome = await ana.forges(shown, customId)
    expect(outcome).toMatchObject({ kind: 'message', deferred: false })
    expect(messageOf(outcome)).toMatchObject({ ephemeral: true, embeds: [] })
    expect(messageOf(outcome).content).toMatch(sentence)
    expect(world.spotify.requests.length).toBe(before)
    expect(messageNow(shown)).toEqual(shown)
  })
})

/** What the buttons under a page of now carry. */
const row = { version: 2, offset: 9 }

describe('an id that says something else than the button did is still a page of its owner', () => {
  const id = (changes: object) => encodePageId({ version: 1, owner, offset: 0, action: 'next', ...changes })

  test.each([
    ['an offset within a page', { offset: 17 }, /^Page 2 of 312 ·/],
    ['the largest offset', { offset: 9_999_999 }, /^Page 312 of 312 ·/],
    ['IX-113 an anchor that never was', { offset: 10, anchor: { time: Date.UTC(2100, 0) } }, /^Page 2 of 312 ·/],
    ['IX-113 an anchor of 1970', { offset: 10, anchor: { time: 0 } }, /^Page 2 of 312 · 3,120 liked songs · Spotify/],
    ['IX-113 a row that never was', { ...row, anchor: { time: Date.UTC(2100, 0), hash: 'abc' } }, /^Page 2 of 313 ·/],
    ['IX-113 a row of 1970', { ...row, anchor: { time: 0, hash: 'abc' } }, /^Page 2 of 312 ·/],
    ['IX-113 a row without a date', { ...row, anchor: { time: undefined, hash: 'abc' } }, /^Page 2 of 312 ·/],
    ['a row beyond the end', { ...row, offset: 9_999_999 }, /^Page 312 of 312 ·/],
    ['a market of two letters', { offset: 10, market: 'ZZ' }, /^Page 2 of 312 ·/],
  ])('IX-115 %s', async (_, changes, footer) => {
    const before = world.spotify.requests.length
    const turned = messageOf(await ana.forges(shown, id(changes)))
    expect(turned.id).toBe(shown.id)
    expect(footerOf(turned)).toMatch(footer)
    expect(rowsOf(turned)).toHaveLength(10)
    expect(world.spotify.requests.length - before).toBeLessThanOrEqual(6)
  })

  test('IX-118 a button of three days ago turns the page, and says how many songs are newer', async () => {
    const threeDaysAgo = Date.now() - 3 * 86_400_000
    const newer = ana.spotify.library.filter(({ addedAt }) => addedAt > threeDaysAgo).length
    expect(newer).toBeGreaterThan(0)
    const turned = messageOf(await ana.forges(shown, id({ offset: 10, anchor: { time: threeDaysAgo } })))
    expect(footerOf(turned)).toContain(` · ${newer} newer song`)
    expect(rowsOf(turned)[0]).toMatch(new RegExp(`^\\*\\*${(3120 - newer - 10).toLocaleString('en-US')}\\.\\*\\*`))
  })

  test('IX-114 the page of somebody else does not turn, linked or not, whatever the id says', async () => {
    const ownId = id({ offset: 10 })
    for (const customId of [
      ownId,
      id({ action: 'browse' }),
      id({ action: 'jump' }),
      id({ action: 'go' }),
      id({ action: 'refresh' }),
    ]) {
      const outcome = messageOf(await ben.forges(shown, customId))
      expect(outcome).toMatchObject({ ephemeral: true, embeds: [] })
      expect(outcome.content).toBe("<@175928847299117063>'s liked songs are not shared with you here.")
      expect(outcome.content).not.toContain('/link')
    }
    expect(messageNow(shown)).toEqual(shown)
  })

  test('IX-114 the page of somebody who is not linked any more says what to do', async () => {
    const chiyo = world.person('chiyo')
    const outcome = messageOf(await chiyo.forges(shown, id({ owner: chiyo.id })))
    expect(outcome).toMatchObject({
      ephemeral: true,
      content: expect.stringMatching(/^You haven't linked Spotify yet\. Use <\/link:\d+> or this button\.$/),
    })
  })
})

describe('a press that comes twice', () => {
  test('IX-120 two clicks within 50 ms turn one page, and both are answered', async () => {
    const outcomes = await Promise.all([ana.presses(shown, 'Next'), ana.presses(shown, 'Next')])
    for (const outcome of outcomes) {
      expect(outcome.kind).toBe('update')
      expect(footerOf(messageOf(outcome))).toMatch(/^Page 2 of 312/)
    }
  })

  test('IX-121 the same interaction delivered twice is answered once', async () => {
    await ana.presses(shown, 'Last')
    const data = {
      custom_id: encodePageId({ version: 2, owner, offset: 0, action: 'first' }),
    }
    expect(await deliverAgain({ type: 3, data, message: { id: shown.id } })).toBe(400)
    expect(footerOf(messageNow(shown))).toMatch(/^Page 312 of 312/)
  })

  test('IX-121 the same command delivered twice leaves one message', async () => {
    const before = world.discord.messages(shown.channelId, ana.id).length
    const recent = { name: 'recent', type: 1, options: [] }
    expect(await deliverAgain({ type: 2, data: { name: 'liked', type: 1, options: [recent] } })).toBe(400)
    expect(world.discord.messages(shown.channelId, ana.id)).toHaveLength(before)
    expect(world.errors).toEqual([])
  })

  /** Sends an interaction under the id and the token of the one that was answered last; the status of the answer. */
  async function deliverAgain(payload: object): Promise<number> {
    const callbacks = () => world.discord.requests.filter(({ path }) => path.endsWith('/callback'))
    const before = callbacks()
    const [, id, token] = /interactions\/(\d+)\/([^/]+)\/callback/.exec(before.at(-1)?.path ?? '') ?? []
    void world.discord.dispatch(ana.id, shown.channelId, { ...payload, id, token })
    return until('the status of another callback', () => callbacks()[before.length]?.status || undefined)
  }
})

function messageNow({ id, channelId }: Message): Message {
  const found = world.discord.messages(channelId, ana.id).find((message) => message.id === id)
  if (!found) throw new Error('The message is gone')
  return found
}
