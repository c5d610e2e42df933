import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import { messageOf, startWorld, type World } from '../world/world.ts'

describe('linking an account', () => {
  let world: World
  beforeAll(async () => (world = await startWorld()))
  afterAll(() => world.stop())

  test('Ana links through both providers, and her private message says so', async () => {
    const ana = world.person('ana')
    const asked = messageOf(await ana.uses('link'))
    expect(asked.ephemeral).toBe(true)

    const confirm = await ana.linksUntil('confirm')
    expect(words(confirm)).toContain('@ana')
    const done = await ana.browser.goOn(await ana.browser.goOn(confirm))
    expect(done.status, words(done)).toBe(200)
    expect(words(done)).toContain('Linked as')
    expect(done.text).not.toContain('<form')
    const told = () => world.discord.messages(asked.channelId, ana.id).findLast(({ ephemeral }) => ephemeral)
    await expect.poll(() => told()?.content).toContain('Linked as')
    expect(world.discord.liveTokens()).toBe(0)
  })
})
