import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { periodBefore } from '../../src/roundups/schedule-time.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Json, Store } from '../../src/store/store.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { startProgram } from '../world/process.ts'
import { startSandbox } from '../world/sandbox.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, createPlayer, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const [music = '', , roundups = ''] = channels.map(({ id }) => id)
const asked = { channel: roundups, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' }
const original = /^GET .*\/messages\/@original$/
const weekly = { weekday: 5, hour: 18, timezone: 'Europe/Berlin' }

describe.skipIf(withoutRedis())('the week’s roundup in a thread', () => {
  let redis: RedisServer
  let store: Store
  let world: World
  let [ana, ben, chiyo, emil]: Player[] = []
  beforeAll(async () => {
    redis = await startRedis()
    store = await openStore({ redisUrl: redis.url })
    world = await startWorld({ REDIS_URL: redis.url })
    ;[ana, ben, chiyo, emil] = ['ana', 'ben', 'chiyo', 'emil'].map((name) => world.person(name))
    // So that all of them are on the first page.
    const song = of(ana).spotify.library[0]?.song ?? expect.unreachable()
    const saved = { song, addedAt: periodBefore(Date.now(), weekly).at - 3_600_000 }
    for (const { spotify } of everybody())
      spotify.library = [...spotify.library, saved].toSorted((a, b) => b.addedAt - a.addedAt)
    for (const person of everybody()) await joins(person)
    await everybody()[0]?.uses('roundup schedule', asked)
  })
  afterAll(async () => {
    await world.stop()
    await store.close()
    await redis.stop()
  })

  test('that Discord refuses for good is tried once, and Ana, who set it up, is told in two places', async () => {
    world.discord.refusePosts(roundups, 240_000)
    await makeDue()
    await expect.poll(() => world.discord.directs(of(ana).id)).toHaveLength(1)
    expect(world.discord.directs(of(ana).id)[0]?.content).toMatch(/didn't accept the latest roundup in <#\d+>/)
    const told = async () => messageOf(await of(ana).uses('roundup status')).content
    await expect.poll(told).toMatch(/Next: <t:\d+:F>.*\n.*Discord didn't accept the last one/)
    const tries = world.discord.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith(`/channels/${roundups}/messages`),
    )
    expect(tries).toHaveLength(1)
    world.discord.refusePosts(roundups)
  })

  test('is posted in a thread that has been archived since last week', async () => {
    world.discord.setThread(roundups, { archived: true })
    await makeDue()
    await expect.poll(() => posts()).toHaveLength(1)
    expect(world.discord.thread(roundups)).toMatchObject({ archived: false })
    const told = async () => messageOf(await of(ana).uses('roundup status')).content
    await expect.poll(told).not.toMatch(/didn't accept/)
  })

  test('Ben leaves while it is archived: his songs go, and it is archived again', async () => {
    world.discord.setThread(roundups, { archived: true })
    expect(shown()).toContain(of(ben).id)
    expect(messageOf(await of(ben).uses('roundup leave')).content).toMatch(/^You left\./)
    await expect.poll(shown).not.toContain(of(ben).id)
    expect(shown()).toContain(of(ana).id)
    await expect.poll(() => world.discord.thread(roundups)?.archived).toBe(true)
    expect(world.discord.directs(of(ben).id)).toEqual([])
  })

  test('Chiyo unlinks while Discord does not work: her songs go as soon as it does', async () => {
    world.discord.failNext(/^PATCH .*\/channels\//, 503, { message: 'upstream' }, 4)
    await of(chiyo).presses(messageOf(await of(chiyo).uses('unlink')), 'Unlink')
    await expect.poll(shown).not.toContain(of(chiyo).id)
    await expect.poll(() => world.discord.thread(roundups)?.archived).toBe(true)
  })

  test('a moderator has locked it, so Emil is told which post stays, once', async () => {
    world.discord.setThread(roundups, { archived: true, locked: true, managed: false })
    await of(emil).uses('roundup leave')
    await expect.poll(() => world.discord.directs(of(emil).id)).toHaveLength(1)
    const [post] = posts()
    const { guild, authorizeUrl } = world.discord
    const link = new URL(`/channels/${guild.id}/${roundups}/${post?.id}`, authorizeUrl).href
    expect(world.discord.directs(of(emil).id)[0]?.content).toContain(link)
    expect(shown()).toContain(of(emil).id)
    // Who leaves again has nothing there that was not told.
    const before = edits()
    await of(emil).uses('roundup leave')
    await expect.poll(() => store.due('removals', Date.now() + 7_200_000, 10)).toEqual([])
    expect(edits()).toBe(before)
  })

  test('it can be opened but not archived by the bot: Ana’s songs go, and that is all', async () => {
    world.discord.setThread(roundups, { archived: true, locked: false, managed: false })
    await of(ana).uses('roundup leave')
    await expect.poll(shown).not.toContain(of(ana).id)
    await expect.poll(() => store.due('removals', Date.now() + 7_200_000, 10)).toEqual([])
    expect(world.discord.directs(of(ana).id)).toHaveLength(1)
  })

  function everybody(): Player[] {
    return [ana, ben, chiyo, emil].map(of)
  }

  /** The latest time of the schedule has just come. */
  async function makeDue(): Promise<void> {
    const server = world.discord.guild.id
    const row = (await store.get('roundups', server)) as { readonly [key: string]: Json; readonly version: number }
    const due = { posted: null, posting: null, dueAt: periodBefore(Date.now(), weekly).at }
    await store.compareAndSet('roundups', server, row.version, { ...row, ...due, version: row.version + 1 })
    await store.schedule('roundups', server, due.dueAt)
  }

  function posts(): readonly Message[] {
    const mark = `-${world.discord.guild.id}`
    return world.discord
      .messages(roundups, of(ana).id)
      .filter(({ components }) => JSON.stringify(components).includes(mark))
  }

  function shown(): string {
    return JSON.stringify(posts().map(({ content, components }) => [content, components]))
  }

  function edits(): number {
    // An answer that comes late is one as well, of an interaction.
    return world.discord.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('/channels/')).length
  }
})

test('Ana is told that her songs go, the program is killed at that moment, and they go', async () => {
  const sandbox = await startSandbox()
  let program = await startProgram(sandbox)
  try {
    const [ana, ben] = [createPlayer(sandbox, 'ana'), createPlayer(sandbox, 'ben')]
    for (const person of [ana, ben]) await joins(person)
    const page = messageOf(await ben.uses('roundup now'))
    const shown = (): string =>
      JSON.stringify(sandbox.discord.messages(music, ben.id).find(({ id }) => id === page.id)?.components)
    await expect.poll(shown).toContain(ana.id)
    sandbox.discord.setThread(music, { archived: true })
    const broken = /^PATCH .*\/channels\/\d+\/messages\//
    sandbox.discord.failNext(broken, 503, { message: 'upstream' }, 4)
    expect(messageOf(await ana.uses('roundup leave')).content).toMatch(/^You left\./)
    await program.kill()
    expect(shown()).toContain(ana.id)
    program = await startProgram(sandbox)
    await expect.poll(shown).not.toContain(ana.id)
    expect(shown()).toContain(ben.id)
    await expect.poll(() => sandbox.discord.thread(music)?.archived).toBe(true)
    expect(sandbox.discord.surprises).toEqual([])
  } finally {
    await program.kill()
    await sandbox.close()
  }
})

describe('/roundup now, again and again', () => {
  let world: World
  let ana: Player
  beforeAll(async () => {
    world = await startWorld()
    ana = world.person('ana')
    await joins(ana)
  })
  afterAll(() => world.stop())

  test('the buttons of an earlier one turn the pages of the one that took its place', async () => {
    const first = messageOf(await ana.uses('roundup now', { days: 31 }))
    await ana.uses('roundup now', { days: 31 })
    const next = buttonsOf(first).find(({ label, disabled }) => label === 'Next' && !disabled)
    const turned = messageOf(next ? await ana.presses(first, 'Next') : await ana.presses(first, 'Join roundups'))
    expect(turned.content).not.toMatch(/more than a week old/)
  })

  test('after ten within an hour Ana is asked to wait, and told until when; Ben is not', async () => {
    for (let times = 3; times <= 10; times += 1) expect(await answer(ana)).not.toMatch(/within an hour/)
    expect(await answer(ana)).toMatch(/^You have asked for 10 roundups within an hour\..*<t:\d+:R>\.$/)
    expect(await answer(world.person('ben'))).not.toMatch(/within an hour/)
  })

  async function answer(person: Player): Promise<string> {
    return messageOf(await person.uses('roundup now')).content
  }
})

async function joins(player: Player): Promise<void> {
  await player.links()
  await player.presses(messageOf(await player.uses('roundup join')), 'Join roundups')
}

function of(player: Player | undefined): Player {
  if (!player) throw new Error('Nobody is there yet')
  return player
}

describe.each(['gateway', 'http'] as const)('a roundup that Ben has asked for, over %s', (way) => {
  test.each<[string, (world: World) => void]>([
    ['Discord names no answer that it is asked for', ({ discord }) => discord.failNext(original, 500, { code: 0 }, 99)],
    ['its first answer is lost on the way', ({ discord }) => discord.loseNext(/^POST .*\/callback$/)],
  ])('is known from the answer to it, so Ana’s songs leave it with her where %s', async (_, breaks) => {
    const world = await startWorld({}, way, unhurried)
    onTestFinished(() => world.stop())
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    for (const person of [ana, ben]) await joins(person)
    breaks(world)
    const post = messageOf(await collected(world, ben, await ben.uses('roundup now', { days: 31 })))
    expect(JSON.stringify(post)).toContain(ana.id)
    await ana.uses('roundup leave')
    const shown = () => JSON.stringify(world.discord.messages(post.channelId, ben.id).find(({ id }) => id === post.id))
    await expect.poll(shown).not.toContain(ana.id)
    expect(shown()).toContain(ben.id)
  })
})
