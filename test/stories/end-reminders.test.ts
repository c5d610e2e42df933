import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { consentEnds } from '../../src/accounts/links.ts'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { buttonsOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'
import { until, waitLimit } from '../world/until.ts'
import { remainsOfFile, remainsOfRedis, type Remains } from './remains.ts'

const minute = 60_000
const day = 24 * 60 * minute
const patient = { timeout: waitLimit }

describe.each(['the file', 'Redis'] as const)('before a connection ends, over %s', (kind) => {
  describe.skipIf(kind === 'Redis' && withoutRedis())('people are told', () => {
    let world: World
    let remains: Remains
    let close: () => Promise<void>
    let [ana, ben, chiyo, dara, emil, fay]: Player[] = []
    let first: Message
    let end: number
    beforeAll(async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
      const redis = kind === 'Redis' ? await startRedis() : undefined
      world = await startWorld(redis ? { REDIS_URL: redis.url } : {})
      const overRedis = redis && (await remainsOfRedis(redis.url))
      remains = overRedis ?? remainsOfFile(world.env['DATA_DIR'] ?? '')
      close = async () => {
        overRedis?.close()
        await world.stop()
        await redis?.stop()
        vi.useRealTimers()
      }
      ;[ana, ben, chiyo, dara, emil, fay] = ['ana', 'ben', 'chiyo', 'dara', 'emil', 'fay'].map((name) =>
        world.person(name),
      )
      end = consentEnds({ authorizedAt: Date.now() })
      for (const player of [ana, ben, chiyo, dara, emil, fay]) await of(player).links()
      for (const player of [ana, dara, emil, fay])
        await of(player).presses(messageOf(await of(player).uses('account sharing')), 'Share with this server')
      await of(chiyo).presses(messageOf(await of(chiyo).uses('roundup join')), 'Join roundups')
    })
    afterAll(() => close())

    test('/account reminders marks what is in force, Emil turns them off, and export shows it', async () => {
      const settings = messageOf(await of(emil).uses('account reminders'))
      expect(settings).toMatchObject({ ephemeral: true, content: expect.stringContaining('✓ Reminders are **on**') })
      expect(buttonsOf(settings)).toMatchObject([
        { label: 'On', disabled: true },
        { label: 'Off', disabled: false },
      ])
      const off = messageOf(await of(emil).presses(settings, 'Off'))
      expect(off.content).toContain('✓ Reminders are **off**')
      expect(buttonsOf(off)).toMatchObject([
        { label: 'On', disabled: false },
        { label: 'Off', disabled: true },
      ])
      expect(await exported(emil)).toMatchObject({ reminders: { directMessages: 'off' } })
    })

    test('Fay, who reads another language, used me in it last', async () => {
      world.discord.setLocale(of(fay).id, 'en-XA')
      await of(fay).uses('account status')
      // It is noted once the answer has been sent.
      await until('Fay’s language to be noted', async () => JSON.stringify(await exported(fay)).includes('en-XA'))
      expect(await exported(fay)).toMatchObject({ link: { locale: 'en-XA' } })
    })

    test('fourteen days before: those who share or joined roundups, and nobody else', async () => {
      await of(dara).presses(messageOf(await of(dara).uses('account sharing')), 'Share with nobody')
      await passesUntil(end - 15 * day)
      await allQuiet()
      for (const player of everybody()) expect(told(player)).toEqual([])
      await passesUntil(end - 14 * day)
      await allQuiet()
      expect(everybody().map((player) => told(player).length)).toEqual([1, 0, 1, 0, 0, 1])
      first = told(ana)[0] ?? expect.unreachable()
      expect(first.content).toMatch(/^Your Spotify connection ends on <t:\d+:D> \(<t:\d+:R>\)/)
      expect(told(fay)[0]?.content).toMatch(/^\[Ýöûŕ /)
      expect(buttonsOf(first).map(({ label }) => label)).toEqual(['Renew connection', 'Turn off reminders'])
      expect(await exported(ana)).toMatchObject({
        reminders: { directMessages: 'on', ofThisConnection: { done: 1, message: first.id } },
      })
    })

    test('Chiyo turns them off under hers, which says how to turn them on again; nobody else can', async () => {
      const [hers = expect.unreachable()] = told(chiyo)
      await expect(of(ana).presses(hers, 'Turn off reminders')).rejects.toThrow('There is no message')
      const off = messageOf(await of(chiyo).presses(hers, 'Turn off reminders'))
      expect(off.id).toBe(hers.id)
      expect(off.content).toMatch(/^Reminders are off.*<\/account reminders:\d+>/)
      expect(buttonsOf(off).map(({ label }) => label)).toEqual(['Renew connection', 'Turn on reminders'])
      const settings = messageOf(await of(chiyo).uses('account reminders'))
      expect(settings.content).toContain('✓ Reminders are **off**')
    })

    test('Fay renews with the button', async () => {
      let page = await of(fay).browser.visit(buttonsOf(told(fay)[0] ?? expect.unreachable())[0]?.url ?? '')
      while (page.status === 200 && /primary/.test(page.text)) page = await of(fay).browser.goOn(page)
      expect(page.status, page.text).toBe(200)
    })

    test('two days before: those who have not renewed and want them', async () => {
      await passesUntil(end - 2 * day)
      await allQuiet()
      expect(everybody().map((player) => told(player).length)).toEqual([2, 0, 1, 0, 0, 1])
      const [hers = expect.unreachable()] = told(chiyo)
      expect(messageOf(await of(chiyo).presses(hers, 'Turn on reminders')).content).toMatch(/^Reminders are on again/)
      await expect.poll(() => told(chiyo), patient).toHaveLength(2)
      // It is noted too.
      await allQuiet()
      await passesUntil(end - minute)
      // After five conversations nobody is looked at for a minute, so not those who show nothing.
      await allQuiet([ana, chiyo, emil, fay])
      expect(everybody().map((player) => told(player).length)).toEqual([2, 0, 2, 0, 0, 1])
    })

    test('Ana unlinks: all of it is deleted, and an old reminder says so', async () => {
      expect(await kinds()).toContain('reminded')
      await of(ana).presses(messageOf(await of(ana).uses('account reminders')), 'Off')
      await of(ana).presses(messageOf(await of(ana).uses('unlink')), 'Unlink')
      expect(await dueAt(ana)).toBeUndefined()
      for (const kind of ['reminded', 'no-reminders']) expect(await recordsAbout(ana, kind)).toEqual([])
      const late = messageOf(await of(ana).presses(first, 'Turn off reminders'))
      expect(late.content).toContain("haven't linked")
      expect(await recordsAbout(ana, 'no-reminders')).toEqual([])
    })

    function everybody(): Player[] {
      return [ana, ben, chiyo, dara, emil, fay].map(of)
    }

    async function recordsAbout(player: Player | undefined, kind: string): Promise<string[]> {
      const all = await remains.all()
      return all.filter((one) => one.kind === kind && one.text.includes(of(player).id)).map(({ text }) => text)
    }

    function dueAt(player: Player | undefined): Promise<number | undefined> {
      return remains.dueAt('reminders', of(player).id)
    }

    async function kinds(): Promise<string[]> {
      return (await remains.all()).map((one) => one.kind)
    }

    async function passesUntil(time: number): Promise<void> {
      const by = time - Date.now()
      vi.setSystemTime(time)
      await remains.pass(by)
    }

    /** Whatever is due about anybody has been done. */
    async function allQuiet(who: readonly (Player | undefined)[] = everybody()): Promise<void> {
      for (const player of who)
        await expect.poll(async () => ((await dueAt(player)) ?? Infinity) > Date.now(), patient).toBe(true)
    }

    function told(player: Player | undefined): readonly Message[] {
      return world.discord.directs(of(player).id)
    }
  })
})

async function exported(player: Player | undefined): Promise<unknown> {
  return JSON.parse(messageOf(await of(player).uses('account export')).attachments[0]?.text ?? '')
}

function of(player: Player | undefined): Player {
  if (!player) throw new Error('Nobody is there yet')
  return player
}
