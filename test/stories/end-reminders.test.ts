import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { consentEnds } from '../../src/accounts/links.ts'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { buttonsOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'
import { waitLimit } from '../world/until.ts'
import { remainsOfFile, remainsOfRedis, type Remains } from './remains.ts'

const minute = 60_000
const day = 24 * 60 * minute
const patient = { timeout: waitLimit }

describe.each(['the file', 'Redis'] as const)('before a connection ends, over %s', (kind) => {
  describe.skipIf(kind === 'Redis' && withoutRedis())('people are told', () => {
    let world: World
    let remains: Remains
    let ana: Player
    let ben: Player
    let end: number
    let close: () => Promise<void>
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
      onTestFinished(() => void vi.useRealTimers())
      const redis = kind === 'Redis' ? await startRedis() : undefined
      world = await startWorld(redis ? { REDIS_URL: redis.url } : {})
      const overRedis = redis && (await remainsOfRedis(redis.url))
      remains = overRedis ?? remainsOfFile(world.env['DATA_DIR'] ?? '')
      close = async () => {
        overRedis?.close()
        await world.stop()
        await redis?.stop()
      }
      ;[ana, ben] = [world.person('ana'), world.person('ben')]
      await ana.links()
      end = consentEnds({ authorizedAt: Date.now() })
      await ana.presses(messageOf(await ana.uses('account sharing')), 'This server')
    })
    afterEach(() => close())

    test('Ana, who shares, 14 days and 2 days before, once each; and not Ben, who does not', async () => {
      await ben.links()
      await passesUntil(end - 15 * day)
      await ana.uses('account reminders')
      expect(told(ana)).toEqual([])
      await passesUntil(end - 14 * day)
      const [first = expect.unreachable()] = await toldOf(ana, 1)
      expect(first.content).toMatch(/^Your Spotify connection ends on <t:\d+:D> \(<t:\d+:R>\)/)
      expect(buttonsOf(first).map(({ label }) => label)).toEqual(['Renew connection', 'Turn off reminders'])
      await passesUntil(end - 3 * day)
      await passesUntil(end - 2 * day)
      await toldOf(ana, 2)
      await passesUntil(end - minute)
      await quiet(ana)
      expect(told(ana)).toHaveLength(2)
      expect(told(ben)).toEqual([])
    })

    test('the button leads to renewing, and a renewed connection has its own two reminders', async () => {
      await passesUntil(end - 14 * day)
      const [first = expect.unreachable()] = await toldOf(ana, 1)
      let page = await ana.browser.visit(buttonsOf(first)[0]?.url ?? '')
      while (page.status === 200 && /primary/.test(page.text)) page = await ana.browser.goOn(page)
      expect(page.status, page.text).toBe(200)
      const renewed = consentEnds({ authorizedAt: Date.now() })
      await passesUntil(end - 2 * day)
      await quiet(ana)
      expect(told(ana)).toHaveLength(1)
      await passesUntil(renewed - 14 * day)
      expect((await toldOf(ana, 2))[1]?.content).toContain(`<t:${Math.floor(renewed / 1000)}:D>`)
    })

    test('Ana turns them off under the first one, is told how to turn them on again, and does so', async () => {
      await passesUntil(end - 14 * day)
      const [first = expect.unreachable()] = await toldOf(ana, 1)
      const off = messageOf(await ana.presses(first, 'Turn off reminders'))
      expect(off.id).toBe(first.id)
      expect(off.content).toMatch(/^Reminders are off.*<\/account reminders:\d+>/)
      expect(messageOf(await ana.uses('account reminders'))).toMatchObject({
        ephemeral: true,
        content: expect.stringContaining('✓ Reminders are **off**'),
      })
      await passesUntil(end - 2 * day)
      await quiet(ana)
      expect(told(ana)).toHaveLength(1)
      expect(messageOf(await ana.presses(off, 'Turn on reminders')).content).toMatch(/^Reminders are on again/)
      await toldOf(ana, 2)
    })

    test('/account reminders marks what is in force, and export shows it', async () => {
      const settings = messageOf(await ana.uses('account reminders'))
      expect(settings.content).toContain('✓ Reminders are **on**')
      expect(buttonsOf(settings)).toMatchObject([
        { label: 'On', disabled: true },
        { label: 'Off', disabled: false },
      ])
      const off = messageOf(await ana.presses(settings, 'Off'))
      expect(buttonsOf(off)).toMatchObject([
        { label: 'On', disabled: false },
        { label: 'Off', disabled: true },
      ])
      expect(await exported(ana)).toMatchObject({ reminders: { directMessages: 'off' } })
      await expect(ben.presses(off, 'On')).rejects.toThrow('no message')
      await ana.presses(off, 'On')
      await passesUntil(end - 14 * day)
      await toldOf(ana, 1)
      await expect
        .poll(() => exported(ana))
        .toMatchObject({
          reminders: { directMessages: 'on', ofThisConnection: { done: 1 } },
        })
    })

    test('an unlink deletes all of it, and an old reminder says so', async () => {
      await passesUntil(end - 14 * day)
      const [first = expect.unreachable()] = await toldOf(ana, 1)
      await expect.poll(() => kinds()).toContain('reminded')
      await ana.presses(messageOf(await ana.uses('account reminders')), 'Off')
      await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
      expect(await kinds()).not.toContain('reminded')
      expect(await kinds()).not.toContain('no-reminders')
      const late = messageOf(await ana.presses(first, 'Turn off reminders'))
      expect(late).toMatchObject({ content: expect.stringContaining("haven't linked") })
      expect(await kinds()).not.toContain('no-reminders')
      await passesUntil(end - 2 * day)
      await quiet(ana)
      expect((await remains.bytes()).includes(ana.id)).toBe(false)
    })

    test('somebody who stops sharing before it is due hears nothing', async () => {
      await ana.presses(messageOf(await ana.uses('account sharing')), 'Nobody')
      await passesUntil(end - 14 * day)
      await quiet(ana)
      expect(told(ana)).toEqual([])
    })

    test('Ben joined a roundup: that is a reason too', async () => {
      await ben.links()
      await ben.presses(messageOf(await ben.uses('roundup join')), 'Join')
      await passesUntil(consentEnds({ authorizedAt: Date.now() }) - 14 * day)
      await toldOf(ben, 1)
    })

    async function kinds(): Promise<string[]> {
      return (await remains.all()).map((one) => one.kind)
    }

    async function passesUntil(time: number): Promise<void> {
      const by = time - Date.now()
      vi.setSystemTime(time)
      await remains.pass(by)
    }

    /** Whatever is due about the person has been done. */
    async function quiet({ id }: Player): Promise<void> {
      await expect
        .poll(async () => ((await remains.dueAt('reminders', id)) ?? Infinity) > Date.now(), patient)
        .toBe(true)
    }

    function told({ id }: Player): readonly Message[] {
      return world.discord.directs(id)
    }

    async function toldOf(player: Player, times: number): Promise<readonly Message[]> {
      await expect.poll(() => told(player), patient).toHaveLength(times)
      await quiet(player)
      return told(player)
    }
  })
})

async function exported(player: Player): Promise<unknown> {
  return JSON.parse(messageOf(await player.uses('account export')).attachments[0]?.text ?? '')
}
