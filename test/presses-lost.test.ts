import { describe, test } from 'vitest'
import type { Message } from '../sandbox/discord/discord.ts'
import type { Deadlines } from '../src/discord/dispatch.ts'
import { holdSpotify } from './world/hold.ts'
import { until } from './world/until.ts'
import { acknowledgedIn } from './world/outcomes.ts'
import { footerOf, messageOf, rowsOf, startWorld, unhurried, type Player, type World } from './world/world.ts'

const callback = /^POST .*\/callback$/
const edit = /^PATCH .*@original$/
const afterwards = /webhooks/

interface Shown {
  readonly world: World
  readonly ana: Player
  readonly shown: Message
  /** Of the requests so far that the program made of Discord, since the page was shown. */
  statuses(match: RegExp): number[]
  /** How many interactions have been acknowledged since then. */
  acknowledged(): number
}

/**
 * Ana has shown her page, on a Discord of her own: most of these cases are waiting, so they wait together. What `play`
 * returns is called once the program has ended, and with it everything that was under way.
 */
async function afterShowing(
  play: (after: Shown) => Promise<(() => void) | void>,
  deadlines?: Deadlines,
): Promise<void> {
  const world = await startWorld({}, 'gateway', deadlines)
  const ana = world.person('ana')
  await ana.links()
  const shown = messageOf(await ana.uses('liked recent'))
  const { requests } = world.discord
  // Nobody waits for the news of the link, which come beside everything else.
  await until('the news that she has linked', () =>
    requests.some(({ path, status }) => path.endsWith('@original') && status === 200),
  )
  // Of those before, discord.js may still send one again.
  const before = new Set(requests.map(({ path }) => path))
  const since = () => requests.filter(({ path }) => !before.has(path))
  const statuses = (match: RegExp) =>
    since()
      .filter(({ method, path }) => match.test(`${method} ${path}`))
      .map(({ status }) => status)
  const acknowledged = () => acknowledgedIn(since())
  const atTheEnd = await play({ world, ana, shown, statuses, acknowledged })
  await world.stop()
  atTheEnd?.()
}

describe.concurrent('Discord does not take the answer', () => {
  test('IX-122 40060, IX-123 10062: nothing more is tried, nothing breaks, and the next press works', ({ expect }) =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      world.discord.failNext(callback, 400, { code: 40060, message: 'Interaction has already been acknowledged.' })
      world.discord.failNext(callback, 404, { code: 10062, message: 'Unknown interaction' })
      void ana.presses(shown, 'Next')
      void ana.presses(shown, 'Next')
      await expect.poll(() => statuses(callback)).toEqual(expect.arrayContaining([400, 404]))
      expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)
      expect(statuses(afterwards)).toEqual([])
    }, unhurried))

  test('IX-123 10062 to a deferral: the page is not sent anywhere', ({ expect }) =>
    afterShowing(async ({ world, ana, statuses }) => {
      const letGo = holdSpotify(world.spotify)
      // As often as discord.js may send it.
      world.discord.failNext(callback, 404, { code: 10062, message: 'Unknown interaction' }, 4)
      void ana.uses('liked recent')
      await expect.poll(() => statuses(callback)).toContain(404)
      letGo()
      await expect.poll(() => world.spotify.requests.at(-1)?.status).toBe(200)
      return () => expect(statuses(afterwards)).toEqual([])
    }))

  test('IX-122 the answer arrives and its receipt does not: it counts as answered', ({ expect }) =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      world.discord.loseNext(callback)
      expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)
      await expect.poll(() => statuses(callback).at(-1)).toBe(400)
    }))

  test('IX-122 the receipt of a deferral is lost: the page comes all the same', ({ expect }) =>
    afterShowing(async ({ world, ana, statuses }) => {
      const letGo = holdSpotify(world.spotify)
      world.discord.loseNext(callback)
      const asked = ana.uses('liked recent')
      // discord.js sends it again at once, so there may be a second by now.
      await expect.poll(() => statuses(callback).length).toBeGreaterThan(0)
      letGo()
      const outcome = await asked
      expect(outcome.deferred).toBe(true)
      expect(rowsOf(messageOf(outcome))).toHaveLength(10)
    }))

  test('a refusal that comes late is private, also where the page would have been public', ({ expect }) =>
    afterShowing(async ({ world, ana, shown, acknowledged }) => {
      const letGo = holdSpotify(world.spotify)
      ana.spotify.allowed = false
      const asked = [ana.uses('liked recent'), ana.presses(shown, 'Last')]
      await expect.poll(acknowledged).toBe(2)
      letGo()
      for (const outcome of await Promise.all(asked)) {
        expect(outcome.deferred).toBe(true)
        expect(messageOf(outcome)).toMatchObject({ ephemeral: true, embeds: [] })
        expect(messageOf(outcome).content).toMatch(/^Spotify does not let this Spotify account in yet/)
      }
      const seenByBen = world.discord.messages(shown.channelId, world.person('ben').id)
      expect(seenByBen.filter(({ thinking, content }) => thinking || content.startsWith('Spotify'))).toEqual([])
      expect(seenByBen.find(({ id }) => id === shown.id)).toEqual(shown)
    }))

  test('IX-119, IX-125 an edit that finds nobody is no fault of the program, any other is told to the operator', ({
    expect,
  }) =>
    afterShowing(async ({ world, ana, shown, statuses, acknowledged }) => {
      const failures = [
        [401, { code: 50027, message: 'Invalid Webhook Token' }],
        [404, { code: 10015, message: 'Unknown Webhook' }],
        [404, { code: 10008, message: 'Unknown Message' }],
        [400, { code: 50035, message: 'Invalid Form Body' }],
      ] as const
      for (const [status, body] of failures) world.discord.failNext(edit, status, body)
      const letGo = holdSpotify(world.spotify)
      for (const _ of failures) void ana.presses(shown, 'Refresh')
      await expect.poll(acknowledged).toBe(4)
      letGo()
      await expect.poll(() => statuses(edit).slice(0, 4)).toEqual([401, 404, 404, 400])
      await expect.poll(() => world.errors.length).toBe(1)
      expect(world.errors.splice(0).join()).toMatch(/50035/)
      expect((await ana.presses(shown, 'Next')).kind).toBe('update')
    }))
})

describe.concurrent('IX-119 the message is deleted', () => {
  test('while the press is under way', ({ expect }) =>
    afterShowing(async ({ world, ana, shown, statuses, acknowledged }) => {
      const letGo = holdSpotify(world.spotify)
      void ana.presses(shown, 'Refresh')
      await expect.poll(acknowledged).toBe(1)
      world.discord.deleteMessage(shown.id)
      letGo()
      await expect.poll(() => statuses(edit)).toContain(404)
    }))

  test('before the press arrives', ({ expect }) =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      world.discord.deleteMessage(shown.id)
      const data = { custom_id: `liked:1:${ana.id}:10::n` }
      void world.discord.dispatch(ana.id, shown.channelId, { type: 3, data, message: remains(world, shown) })
      await expect.poll(() => statuses(callback)).toContain(404)
    }))
})

/** As much of a message that is gone as Discord still sends with a press. */
function remains({ env }: World, { id, channelId }: Message): object {
  const author = { id: env['DISCORD_CLIENT_ID'], username: 'Hearsay', discriminator: '0', avatar: null, bot: true }
  const nothing = {
    content: '',
    attachments: [],
    embeds: [],
    components: [],
    edited_timestamp: null,
    flags: 0,
    type: 20,
  }
  return { id, channel_id: channelId, author, timestamp: new Date().toISOString(), ...nothing }
}
