import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { channels } from '../../sandbox/people.ts'
import { periodBefore } from '../../src/roundups/schedule-time.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Json, Store } from '../../src/store/store.ts'
import { startRedis, type RedisServer, withoutRedis } from '../store/redis-server.ts'
import { messageOf, startWorld, type Player, type World } from '../world/world.ts'

const channel = channels[2]?.id ?? ''
const closedServer = '600000000000000001'
const brokenServer = '600000000000000002'
const weekly = { weekday: 5, hour: 18, timezone: 'Europe/Berlin' }

describe.skipIf(withoutRedis())('the weekly roundup in the program as it runs', () => {
  let redis: RedisServer
  let store: Store
  let world: World
  let ana: Player
  beforeAll(async () => {
    redis = await startRedis()
    store = await openStore({ redisUrl: redis.url })
    world = await startWorld({ REDIS_URL: redis.url })
    ana = world.person('ana')
    await ana.links()
    await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
  })
  afterAll(async () => {
    await world.stop()
    await store.close()
    await redis.stop()
  })

  test('SC-162 SC-164 what is due is posted, a closed channel ends its own, and a broken row is told to the operator', async () => {
    await ana.uses('roundup schedule', { channel, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' })
    const server = world.discord.guild.id
    const row = (await store.get('roundups', server)) as { readonly [key: string]: Json }
    const due = { ...row, version: 1, dueAt: periodBefore(Date.now(), weekly).at }
    await makeDue(closedServer, { ...due, channel: '600000000000000009', closed: 2 })
    await makeDue(brokenServer, { ...due, timezone: 'Mars/Olympus' })
    await makeDue(server, due)

    await expect.poll(() => posts()).toHaveLength(1)
    await expect.poll(() => world.errors).toHaveLength(1)
    await expect.poll(() => world.discord.directs(ana.id)).toHaveLength(1)
    expect(world.errors.splice(0)).toEqual([expect.stringMatching(/makes no sense.*`\/roundup schedule`/)])
    expect(world.discord.directs(ana.id)[0]?.content).toMatch(/paused.*<#600000000000000009>.*<\/roundup resume:\d+>/)
    expect(messageOf(await ana.uses('roundup status')).content).toMatch(/Next: <t:\d+:F>/)
  })

  test('IX-113 pages of a roundup that is not stored any more say so to people who turn them', async () => {
    const [post] = posts()
    if (!post) throw new Error('Nothing was posted')
    for (const id of [
      'roundup:1:page:2020-W01-1:1:n',
      'roundup:1:page:now-nothing:99999:l',
      'roundup:1:page:a.b:1:n',
    ]) {
      const told = messageOf(await ana.forges(post, id))
      expect(told.ephemeral).toBe(true)
      expect(told.content).toMatch(/more than a week old|know this button/)
    }
  })

  test('IX-114 the pages of another server are not shown in this one', async () => {
    const [post] = posts()
    const elsewhere = `roundup:1:page:2026-W47-${closedServer}:1:n`
    const told = messageOf(await ana.forges(post as NonNullable<typeof post>, elsewhere))
    expect(told).toMatchObject({ ephemeral: true, embeds: [], content: 'This roundup belongs to another server.' })
  })

  async function makeDue(server: string, row: { readonly [key: string]: Json }): Promise<void> {
    await store.set('roundups', server, row)
    await store.schedule('roundups', server, row['dueAt'] as number)
  }

  function posts() {
    return world.discord
      .messages(channel, ana.id)
      .filter(({ components }) => JSON.stringify(components).includes(`-${world.discord.guild.id}`))
  }
})
