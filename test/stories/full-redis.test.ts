import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import unlink from '../../commands/unlink.ts'
import type { ComponentInteraction } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { refuseChanges, startRedis, takeChanges, tell, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { buttonsOf, messageOf, startWorld, type World } from '../world/world.ts'
import { english } from '../world/english.ts'

describe.skipIf(withoutRedis())('Redis is full', () => {
  let redis: RedisServer
  beforeAll(async () => (redis = await startRedis()))
  afterAll(() => redis?.stop())

  test.for(['gateway', 'http'] as const)(
    '%s: Ana leaves, stops sharing and unlinks, and Ben is told why he cannot link',
    async (way) => {
      await tell(redis, 'FLUSHALL')
      const world = await startWorld({ REDIS_URL: redis.url }, way)
      onTestFinished(() => world.stop())
      const [ana, ben] = [world.person('ana'), world.person('ben')]
      await ana.links()
      await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
      await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
      await ben.links()
      const question = messageOf(await ana.uses('unlink'))
      const sharing = messageOf(await ana.uses('account sharing'))

      await fills(world)
      expect(messageOf(await ben.uses('link')).content).toContain('database is full')
      expect(messageOf(await ana.uses('roundup leave')).content).not.toContain('full')
      expect(messageOf(await ana.presses(sharing, 'Share with nobody')).content).toMatch(/with \*\*nobody\*\*/)
      expect(await tell(redis, 'SMEMBERS', `hearsay:set:sharing.${ana.id}`)).toBe('*0')
      expect(messageOf(await ana.presses(question, 'Unlink')).content).toContain('are deleted')
      expect(await tell(redis, 'KEYS', `*${ana.id}*`)).toBe('*0')
      expect(messageOf(await ana.uses('liked recent')).content).toContain('</link:')
      // Nothing of Ben has gone, and his pages come.
      expect(messageOf(await ben.uses('liked recent')).embeds).toHaveLength(1)
      saidNothingElse(world)
    },
  )

  test('Ana sees her connection and ends what she allowed; the way to renew it is there, and Ben is told why he cannot save', async () => {
    await tell(redis, 'FLUSHALL')
    const world = await startWorld({ REDIS_URL: redis.url })
    onTestFinished(() => world.stop())
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    await ana.links()
    await ben.links()
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
    const song = messageOf(await ben.uses('liked random'))
    await fills(world)

    const status = messageOf(await ana.uses('account status'))
    const renew = { label: 'Renew connection', url: `${world.env['PUBLIC_URL']}/link` }
    const guild = world.discord.guild.id
    const choose = async (select: string) => messageOf(await world.discord.press(ana.id, status.id, select, [guild]))
    expect([status.content, buttonsOf(status)]).toMatchObject([
      expect.stringMatching(/^Linked as \*\*Ana\*\*/),
      [renew],
    ])
    const stopped = await choose('Stop sharing in…')
    expect([stopped.content, buttonsOf(stopped)]).toMatchObject([expect.stringMatching(/not shared here/), [renew]])
    const left = await choose('Leave the roundups of…')
    expect([left.content, buttonsOf(left)]).toMatchObject([expect.stringMatching(/^Linked as/), [renew]])
    expect(left.content).not.toContain(world.discord.guild.name)
    expect(messageOf(await ana.uses('account export')).attachments).toHaveLength(1)
    expect(messageOf(await ben.presses(song, 'Save to my liked songs')).content).toContain('database is full')
    saidNothingElse(world)
  })

  async function fills(world: World): Promise<void> {
    await tell(redis, 'CONFIG', 'SET', 'maxmemory', '1')
    onTestFinished(async () => void (await tell(redis, 'CONFIG', 'SET', 'maxmemory', '0')))
    const health = () => fetch(`${world.env['PUBLIC_URL']}/health`).then((response) => response.text())
    await expect
      .poll(health)
      .toMatch(/^\{"status":"ok","store":"The store is full\. Raise the maxmemory of the Redis behind REDIS_URL"/)
    expect(await fetch(`${world.env['PUBLIC_URL']}/health`).then(({ status }) => status)).toBe(200)
  }

  function saidNothingElse(world: World): void {
    expect(world.errors.filter((line) => !line.includes('The store is full'))).toEqual([])
    world.errors.length = 0
  }

  test('its disk is full: Ana reads on, and is told that nothing can be deleted', async () => {
    await tell(redis, 'FLUSHALL')
    const world = await startWorld({ REDIS_URL: redis.url }, 'http')
    onTestFinished(() => world.stop())
    const ana = world.person('ana')
    await ana.links()
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    await ana.uses('roundup join')
    const question = messageOf(await ana.uses('unlink'))
    // Gets her a token, which could not be renewed later.
    await ana.uses('liked recent')
    await refuseChanges(redis)
    onTestFinished(() => takeChanges(redis))
    const health = () => fetch(`${world.env['PUBLIC_URL']}/health`).then((response) => response.text())
    await expect
      .poll(health)
      .toMatch(
        /^\{"status":"unavailable","why":"the store refuses changes","store":"The store answers and refuses.*MISCONF/,
      )
    expect(messageOf(await ana.uses('liked recent')).embeds).toHaveLength(1)
    expect(messageOf(await ana.presses(question, 'Unlink')).content).toMatch(
      /^My database takes no changes right now, so I can't save or delete anything/,
    )
    expect(world.errors.join('\n')).toContain('MISCONF, it cannot write to its disk')
    await takeChanges(redis)
    expect(messageOf(await ana.presses(question, 'Unlink')).content).toContain('are deleted')
    world.errors.length = 0
  })
})

test('one part cannot be deleted: Ana is told what is gone, and may press again', async () => {
  const fails = async (): Promise<never> => {
    throw new StoreUnavailableError('The connection to Redis is down.')
  }
  const works = async (): Promise<undefined> => undefined
  const app = {
    accounts: { findEvenIfEnded: fails, unlink: works },
    sharing: { end: fails },
    roundups: { forget: works },
  } as unknown as App
  const press = { customId: 'unlink:1:1', user: { id: '1' } } as ComponentInteraction
  expect(await unlink.component(press, app, english)).toMatchObject({
    content: expect.stringMatching(
      /^I deleted your connection to Spotify and your part in roundups\. I could not delete all of this: your sharing\./,
    ),
    components: [{ components: [{ label: 'Unlink' }] }],
  })
  app.accounts.unlink = fails
  app.roundups.forget = fails
  await expect(unlink.component(press, app, english)).rejects.toThrow(StoreUnavailableError)
})
