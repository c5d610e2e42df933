import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import type { Message } from '../sandbox/discord/discord.ts'
import { footerOf, messageOf, rowsOf, startWorld, type Player, type World } from './world/world.ts'

const callback = /^POST .*\/callback$/
const edit = /^PATCH .*@original$/
const afterwards = /webhooks/
/** A little more than what an answer may take without a deferral. */
const late = { kind: 'slow', delay: 0.9 } as const
const soon = { timeout: 4000 }

interface Scene {
  readonly world: World
  readonly ana: Player
  readonly shown: Message
  /** Of the requests so far that the program made of Discord, since the page was shown. */
  statuses(match: RegExp): number[]
}

/** Ana has shown her page, on a Discord of her own: most of these cases are waiting, so they wait together. */
async function afterShowing(play: (scene: Scene) => Promise<void>): Promise<void> {
  const world = await startWorld()
  const ana = world.person('ana')
  await ana.links()
  const shown = messageOf(await ana.uses('liked recent'))
  const { requests } = world.discord
  const before = requests.length
  const statuses = (match: RegExp) =>
    requests
      .slice(before)
      .filter(({ method, path }) => match.test(`${method} ${path}`))
      .map(({ status }) => status)
  await play({ world, ana, shown, statuses })
  await world.stop()
}

describe.concurrent('Discord does not take the answer', () => {
  test('IX-122 40060, IX-123 10062: nothing more is tried, nothing breaks, and the next press works', () =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      world.discord.failNext(callback, 400, { code: 40060, message: 'Interaction has already been acknowledged.' })
      world.discord.failNext(callback, 404, { code: 10062, message: 'Unknown interaction' })
      void ana.presses(shown, 'Next')
      void ana.presses(shown, 'Next')
      await vi.waitFor(() => expect(new Set(statuses(callback))).toEqual(new Set([400, 404])), soon)
      expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)
      expect(statuses(afterwards)).toEqual([])
    }))

  test('IX-123 10062 to a deferral: the page is not sent anywhere', () =>
    afterShowing(async ({ world, ana, statuses }) => {
      world.spotify.trouble = late
      world.discord.failNext(callback, 404, { code: 10062, message: 'Unknown interaction' })
      void ana.uses('liked recent')
      await vi.waitFor(() => expect(statuses(callback)).toEqual([404]), soon)
      await vi.waitFor(() => expect(world.spotify.requests.at(-1)?.status).toBe(200), soon)
      await sleep(100)
      expect(statuses(afterwards)).toEqual([])
    }))

  test('IX-122 the answer arrives and its receipt does not: it counts as answered', () =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      world.discord.loseNext(callback)
      expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)
      await vi.waitFor(() => expect(statuses(callback).at(-1)).toBe(400), soon)
    }))

  test('IX-122 the receipt of a deferral is lost: the page comes all the same', () =>
    afterShowing(async ({ world, ana }) => {
      world.spotify.trouble = late
      world.discord.loseNext(callback)
      const outcome = await ana.uses('liked recent')
      expect(outcome.deferred).toBe(true)
      expect(rowsOf(messageOf(outcome))).toHaveLength(10)
    }))

  test('a refusal that comes late is private, also where the page would have been public', () =>
    afterShowing(async ({ world, ana, shown }) => {
      world.spotify.trouble = late
      ana.spotify.allowed = false
      for (const outcome of await Promise.all([ana.uses('liked recent'), ana.presses(shown, 'Last')])) {
        expect(outcome.deferred).toBe(true)
        expect(messageOf(outcome)).toMatchObject({ ephemeral: true, embeds: [] })
        expect(messageOf(outcome).content).toMatch(/^Spotify does not let this Spotify account use Hearsay yet/)
      }
      const seenByBen = world.discord.messages(shown.channelId, world.person('ben').id)
      expect(seenByBen.filter(({ thinking, content }) => thinking || content.startsWith('Spotify'))).toEqual([])
      expect(seenByBen.find(({ id }) => id === shown.id)).toEqual(shown)
    }))

  test('IX-119, IX-125 an edit that finds nobody is no fault of the program, any other is told to the operator', () =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      const failures = [
        [401, { code: 50027, message: 'Invalid Webhook Token' }],
        [404, { code: 10015, message: 'Unknown Webhook' }],
        [404, { code: 10008, message: 'Unknown Message' }],
        [400, { code: 50035, message: 'Invalid Form Body' }],
      ] as const
      for (const [status, body] of failures) world.discord.failNext(edit, status, body)
      world.spotify.trouble = late
      for (const _ of failures) void ana.presses(shown, 'Refresh')
      await vi.waitFor(() => expect(statuses(edit)).toEqual([401, 404, 404, 400]), soon)
      await vi.waitFor(() => expect(world.errors.length).toBe(1), soon)
      expect(world.errors.splice(0).join()).toMatch(/50035/)
      expect((await ana.presses(shown, 'Next')).kind).toBe('update')
    }))
})

describe.concurrent('IX-119 the message is deleted', () => {
  test('while the press is under way', () =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      world.spotify.trouble = { kind: 'slow', delay: 1.3 }
      void ana.presses(shown, 'Refresh')
      await vi.waitFor(() => expect(statuses(callback)).toEqual([204]), soon)
      world.discord.deleteMessage(shown.id)
      await vi.waitFor(() => expect(statuses(edit)).toEqual([404]), soon)
    }))

  test('before the press arrives', () =>
    afterShowing(async ({ world, ana, shown, statuses }) => {
      world.discord.deleteMessage(shown.id)
      const data = { custom_id: `liked:1:${ana.id}:10::n` }
      void world.discord.dispatch(ana.id, shown.channelId, { type: 3, data, message: remains(world, shown) })
      await vi.waitFor(() => expect(statuses(callback)).toEqual([404]), soon)
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
