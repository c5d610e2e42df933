import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''
const elsewhere = {
  guild_id: '197038439483319999',
  guild: { id: '197038439483319999', features: [], locale: 'en-US' },
}

describe('moderation over a file, at the gateway', () => {
  stories('gateway', async () => ({}))
})
describe.skipIf(withoutRedis())('moderation over Redis, behind HTTP', () => {
  let redis: RedisServer | undefined
  afterAll(() => redis?.stop())
  stories('http', async () => ({ REDIS_URL: (redis = await startRedis()).url }))
})

function stories(transport: 'gateway' | 'http', settings: () => Promise<Record<string, string>>): void {
  let world: World
  let ana: Player
  let ben: Player
  let old: Message
  beforeAll(async () => {
    world = await startWorld(await settings(), transport, unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    for (const player of [ana, ben]) {
      await player.links()
      await joins(player)
    }
    old = messageOf(await collected(world, ana, await ana.uses('roundup now', { days: 31 })))
  })
  afterAll(() => world.stop())

  test('only who manages the server removes anybody', async () => {
    expect(messageOf(await ben.uses('roundup remove', { member: ana.id })).content).toMatch(/Manage Server/)
    expect(messageOf(await ana.uses('roundup status')).content).toMatch(
      /2 members are in the roundups\. You have joined/,
    )
  })

  test('Ana removes Ben and keeps him out: his songs leave the post, and he is told once, with his next command in whatever server', async () => {
    expect(JSON.stringify(old)).toContain(ben.id)
    const answer = messageOf(await ana.uses('roundup remove', { member: ben.id, block: true }))
    expect(answer).toMatchObject({ ephemeral: true })
    expect(answer.content).toMatch(/^I removed <@\d+> .*I'll tell them with their next command\..*can't join again/)
    await expect.poll(() => JSON.stringify(shownNow(old))).not.toContain(ben.id)
    expect(newsFor(ben)).toEqual([])

    const help = world.discord.commands().find(({ name }) => name === 'help')
    const data = { id: help?.['id'], name: 'help', type: 1, options: [] }
    await world.discord.dispatch(ben.id, music, { type: 2, ...elsewhere, data })
    await expect.poll(() => newsFor(ben)).toEqual([expect.stringContaining(`**${world.discord.guild.name}**`)])
    await ben.uses('help')
    await ben.uses('liked random')
    await ana.uses('help')
    expect([...newsFor(ben), ...newsFor(ana)]).toHaveLength(1)
  })

  test('who is kept out is told so where they would join, also by a button from before and after an unlink', async () => {
    const refused = /^The managers of this server keep you out/
    expect(messageOf(await ben.uses('roundup join')).content).toMatch(refused)
    expect(messageOf(await ben.presses(old, 'Join roundups')).content).toMatch(refused)
    expect(messageOf(await ben.forges(old, 'roundup:1:join')).content).toMatch(refused)
    await ben.presses(messageOf(await ben.uses('unlink')), 'Unlink')
    await ben.links()
    expect(messageOf(await ben.uses('roundup join')).content).toMatch(refused)
    expect(await exported(ben)).toMatchObject({ keptOutHere: true })
    expect(messageOf(await ben.uses('roundup status')).content).toMatch(/1 member is in the roundups\. You have not/)
  })

  test('with `block` set to False he may join again', async () => {
    const lifted = messageOf(await ana.uses('roundup remove', { member: ben.id, block: false })).content
    expect(lifted).toMatch(/^<@\d+> is not in the roundups of this server\. They may join with/)
    await joins(ben)
    expect(messageOf(await ben.uses('roundup status')).content).toMatch(/2 members .* You have joined\./)
    expect(await exported(ben)).toMatchObject({ keptOutHere: false })
  })

  test('without `block` he is removed and may join; where he joins by a button first, he is not told any more', async () => {
    const page = messageOf(await collected(world, ben, await ben.uses('roundup now')))
    expect(messageOf(await ana.uses('roundup remove', { member: ben.id })).content).toMatch(/They can join again/)
    expect(await exported(ana)).toMatchObject({ roundups: { removedFrom: [] } })
    await ben.presses(messageOf(await ben.presses(page, 'Join roundups')), 'Join roundups')
    await ben.uses('help')
    expect(newsFor(ben)).toHaveLength(1)
  })

  test('Ana removes herself, and is told nothing twice', async () => {
    const answer = messageOf(await ana.uses('roundup remove', { member: ana.id })).content
    expect(answer).toMatch(/^I removed <@\d+>/)
    expect(answer).not.toMatch(/I'll tell them/)
    await ana.uses('help')
    expect(newsFor(ana)).toEqual([])
    await joins(ana)
  })

  test('who is not in the server any more can be removed, and is told when they are back', async () => {
    world.discord.leave(ben.id)
    expect(messageOf(await ana.uses('roundup remove', { member: ben.id })).content).toMatch(/^I removed/)
    expect(messageOf(await ana.uses('roundup status')).content).toMatch(/1 member is in the roundups/)
    world.discord.comeBack(ben.id)
    await ben.uses('liked recent')
    await expect.poll(() => newsFor(ben)).toHaveLength(2)
  })

  function newsFor({ id }: Player): string[] {
    const seen = world.discord.messages(music, id).filter(({ ephemeral }) => ephemeral)
    return seen.map(({ content }) => content).filter((content) => content.startsWith('A manager removed you'))
  }

  async function exported(player: Player): Promise<unknown> {
    return JSON.parse(messageOf(await player.uses('account export')).attachments[0]?.text ?? '')
  }

  function shownNow(page: Message): Message {
    return world.discord.messages(music, ana.id).find(({ id }) => id === page.id) ?? page
  }
}

async function joins(player: Player): Promise<void> {
  const question = messageOf(await player.uses('roundup join'))
  if (buttonsOf(question).some(({ label }) => label === 'Join roundups'))
    await player.presses(question, 'Join roundups')
}
