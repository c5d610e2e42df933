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

  test('Ben asks for a link 150 times at once: each answer has one, and the newest changes when he links', async () => {
    const ben = world.person('ben')
    const answers = await Promise.all(Array.from({ length: 150 }, () => ben.uses('link')))
    for (const answer of answers) expect(messageOf(answer).content).toContain('Connect your Spotify account')
    const done = await ben.links()
    expect(done.status, words(done)).toBe(200)
    const { channelId } = messageOf(answers[0] ?? expect.unreachable())
    const told = () => world.discord.messages(channelId, ben.id).filter(({ ephemeral }) => ephemeral)
    await expect.poll(() => told().at(-1)?.content).toContain('Linked as')
    expect(told().filter(({ content }) => content.includes('Linked as'))).toHaveLength(1)
  })
})
