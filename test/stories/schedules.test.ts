import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message, OptionValues } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { textOf } from '../world/message-text.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'

const [music = '', general = '', roundups = ''] = channels.map(({ id }) => id)
const fridays = { weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' }

describe.each(['a file', 'Redis'] as const)('a server with several roundups, over %s', (store) => {
  describe.skipIf(store === 'Redis' && withoutRedis())('Ana looks after them', () => {
    let redis: RedisServer | undefined
    let world: World
    let ana: Player
    let ben: Player
    beforeAll(async () => {
      if (store === 'Redis') redis = await startRedis()
      world = await startWorld(redis ? { REDIS_URL: redis.url } : {})
      ana = world.person('ana')
      ben = world.person('ben')
      await ana.links()
    })
    afterAll(async () => {
      await world.stop()
      await redis?.stop()
    })

    test('before anybody has joined, what Ana sets up has no preview and can be cancelled all the same', async () => {
      const set = await schedules({ channel: roundups })
      expect(textOf(set)).toMatch(/^Set: Every Friday at 18:00 .*\n\nNobody has joined/)
      expect(labelsOf(set)).toEqual(['Looks good', 'Cancel'])
      expect((await presses(set, 'Cancel')).content).toBe(`Deleted. I won't post roundups in <#${roundups}> any more.`)
      expect(await status()).toMatch(/^No roundup is scheduled here/)
    })

    test('below the line stands what would be posted now, and its pages turn with the line and the buttons', async () => {
      await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
      const set = await schedules({ channel: roundups })
      expect(set.ephemeral).toBe(true)
      expect(textOf(set)).toMatch(
        /^Set: Every Friday at 18:00 \(Europe\/Berlin\) in <#\d+>\. Next: <t:\d+:F>, <t:\d+:R>\.\n/,
      )
      expect(textOf(set)).toContain('open.spotify.com/track/')
      expect(labelsOf(set)).toEqual(expect.arrayContaining(['Next', 'Looks good', 'Cancel']))
      const turned = await presses(set, 'Next')
      expect(textOf(turned)).toMatch(/^Set: Every Friday[^]*Page 2 of/)
      const good = await presses(turned, 'Looks good')
      expect(textOf(good)).toMatch(/^Every Friday at 18:00 [^\n]*$/)
      expect(labelsOf(good)).toEqual([])
    })

    test('another channel has one of its own, every month', async () => {
      const set = await schedules({ channel: music, every: 'month', 'skip-empty': true, 'hide-explicit': true })
      expect(textOf(set)).toMatch(
        /^Set: Every first Friday of the month at 18:00 .* Months without songs are skipped\. Explicit songs are left out\./,
      )
      await presses(set, 'Looks good')
      const [weekly, monthly] = (await status()).split('\n')
      expect(weekly).toMatch(new RegExp(`^- Every Friday .*<#${roundups}>.*Next: <t:\\d+:F>`))
      expect(monthly).toMatch(new RegExp(`^- Every first Friday .*<#${music}>.*Next: <t:\\d+:F>`))
      expect(await status()).toContain(`<@${ana.id}>`)
    })

    test('Cancel gives a changed one its earlier settings back, unless it has been changed since', async () => {
      const first = await schedules({ channel: music, weekday: 'Monday' })
      expect(textOf(await presses(first, 'Cancel'))).toMatch(
        /^Cancelled.*\nEvery first Friday of the month .* left out\.$/,
      )
      const second = await schedules({ channel: music, weekday: 'Tuesday' })
      await schedules({ channel: music, weekday: 'Wednesday' })
      expect(textOf(await presses(second, 'Cancel'))).toMatch(/has been changed since/)
      expect(await status()).toMatch(/Every Wednesday/)
    })

    test('Ben may not do that, whatever he presses', async () => {
      const set = await schedules({ channel: general })
      const own = messageOf(await ben.uses('roundup status'))
      for (const { custom_id: id = '' } of buttonsOf(set).filter(({ label }) => /Cancel|Looks good/.test(label)))
        expect(messageOf(await ben.forges(own, id)).content).toMatch(/Manage Server/)
      for (const action of ['pause', 'resume', 'delete'])
        expect(messageOf(await ben.forges(own, `roundup:1:${action}:${general}`)).content).toMatch(/Manage Server/)
      expect(await status()).toContain(`<#${general}>`)
    })

    test('pause asks which, resume brings back the only one that is paused, and one can be deleted', async () => {
      const which = await uses('roundup pause')
      expect(which.content).toMatch(new RegExp(`1\\. .*<#${roundups}>.*\\n2\\. .*<#${music}>.*\\n3\\. .*<#${general}>`))
      expect(labelsOf(which)).toEqual(['Pause 1', 'Pause 2', 'Pause 3'])
      const paused = await presses(which, 'Pause 2')
      expect(paused.content).toMatch(new RegExp(`^Paused.*<#${music}>`))
      expect(labelsOf(paused)).toEqual(['Resume', 'Delete this schedule'])
      expect(await status()).toContain(`The roundup in <#${music}> is paused`)
      expect((await uses('roundup resume')).content).toMatch(new RegExp(`^Resumed: Every Wednesday .*<#${music}>`))
      const again = await uses('roundup pause', { channel: general })
      expect((await presses(again, 'Delete this schedule')).content).toMatch(/^Deleted/)
      expect(await status()).not.toContain(`<#${general}>`)
      expect((await uses('roundup resume', { channel: general })).content).toMatch(/No roundup is scheduled in <#/)
    })

    test('a sixth is refused with what there is, and goes in once another is deleted', async () => {
      const elsewhere = ['1', '2', '3', '4'].map((last) => `40221876001934999${last}`)
      for (const channel of elsewhere.slice(0, 3)) await schedulesIn(channel)
      const refused = await schedulesIn(elsewhere[3] ?? '')
      expect(refused.content).toMatch(/^This server has 5 roundup schedules already[^]*\n1\. [^]*\n5\. /)
      expect(labelsOf(refused)).toEqual([1, 2, 3, 4, 5].map((number) => `Delete ${number}`))
      await presses(refused, 'Delete 2')
      expect(textOf(await schedulesIn(elsewhere[3] ?? ''))).toMatch(/^Set: Every Friday/)
      expect((await status()).match(/Every /g)).toHaveLength(5)
    })

    const labelsOf = (message: Message): string[] => buttonsOf(message).map(({ label }) => label)
    const status = async () => (await uses('roundup status')).content

    async function schedules(options: OptionValues): Promise<Message> {
      return messageOf(await collected(world, ana, await ana.uses('roundup schedule', { ...fridays, ...options })))
    }

    /** In a channel that the sandbox does not show. */
    async function schedulesIn(id: string): Promise<Message> {
      const options = Object.entries({ channel: id, ...fridays }).map(([name, value]) => {
        return { name, value, type: name === 'channel' ? 7 : name === 'hour' ? 4 : 3 }
      })
      const channel = { id, type: 0, name: 'elsewhere', permissions: '2147483647', app_permissions: '117760' }
      const command = world.discord.commands().find(({ name }) => name === 'roundup')?.['id']
      const subcommand = { name: 'schedule', type: 1, options }
      const data = {
        id: command,
        name: 'roundup',
        type: 1,
        options: [subcommand],
        resolved: { channels: { [id]: channel } },
      }
      return messageOf(await collected(world, ana, await world.discord.dispatch(ana.id, music, { type: 2, data })))
    }

    async function uses(command: string, options?: OptionValues): Promise<Message> {
      return messageOf(await ana.uses(command, options))
    }

    async function presses(message: Message, label: string): Promise<Message> {
      return messageOf(await ana.presses(message, label))
    }
  })
})
