import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { encodePageId } from '../../src/views/page-id.ts'
import { buttonsOf, messageOf, startWorld, textsOf, unhurried, type Player, type World } from '../world/world.ts'

const container = 17
const textDisplay = 10

describe.each(['gateway', 'http'] as const)('one song as Components V2, by %s', (transport) => {
  let world: World
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    world = await startWorld({}, transport, unhurried)
    ;[ana, ben] = [world.person('ana'), world.person('ben')]
    await ana.links()
    await ben.links()
  })
  afterAll(() => world.stop())

  const typesOf = ({ components }: Message) => components.map(({ type }) => type)
  const now = ({ id, channelId }: Message, person: Player) =>
    world.discord.messages(channelId, person.id).find((message) => message.id === id)

  test('only Ana sees what is private, where she needs no way to save it', async () => {
    const shown = messageOf(await ana.uses('liked random', { private: true }))
    expect(shown).toMatchObject({ ephemeral: true, content: '', embeds: [] })
    expect(typesOf(shown)).toEqual([container])
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['OPEN SPOTIFY', 'Another'])
    const again = messageOf(await ana.presses(shown, 'Another'))
    expect([again.id, again.ephemeral, ...typesOf(again)]).toEqual([shown.id, true, container])
  })

  test('an embed of an earlier release becomes one, and nothing of the embed is left', async () => {
    const list = messageOf(await ana.uses('liked recent'))
    const another = encodePageId({ version: 2, owner: ana.id, offset: 0, action: 'another' })
    const drawn = messageOf(await ana.forges(list, another))
    expect(drawn).toMatchObject({ id: list.id, content: '', embeds: [] })
    expect(typesOf(drawn)).toEqual([container])
  })

  test('Ben may not draw from Ana’s songs: he is told so privately, and her song stays', async () => {
    const shown = messageOf(await ana.uses('liked random'))
    const told = messageOf(await ben.presses(shown, 'Another'))
    expect(told).toMatchObject({ ephemeral: true, content: expect.stringContaining('are not shared with you here') })
    expect(buttonsOf(told).map(({ label }) => label)).toEqual(['Ask @Ana to share'])
    expect(now(shown, ana)).toEqual(shown)
  })

  test('Ana saves a song of Ben’s, and sees it large, for one request more; a second time she is told that she has it', async () => {
    const likes = ana.spotify.library.map(({ song }) => song?.id)
    ben.spotify.library = ben.spotify.library.filter(({ song }) => song && !likes.includes(song.id))
    await ben.links()
    await ben.presses(messageOf(await ben.uses('account sharing')), 'Share with this server')
    const shown = messageOf(await ana.uses('liked random', { member: ben.id }))
    const allowing = messageOf(await ana.presses(shown, 'Save to my liked songs'))
    let page = await ana.browser.visit(buttonsOf(allowing).find(({ url }) => url)?.url ?? '')
    while (page.status === 200 && /primary/.test(page.text)) page = await ana.browser.goOn(page)
    // What was saved with the permission is taken back, to be saved once more.
    ana.spotify.library = ana.spotify.library.slice(1)
    const before = world.spotify.requests.length
    const saved = messageOf(await ana.presses(shown, 'Save to my liked songs'))
    expect(saved).toMatchObject({ ephemeral: true, content: '', embeds: [] })
    const link = /\[.*\]\(https:\S+\)/.exec(textsOf(shown)[1] ?? '')?.[0]
    expect(textsOf(saved)).toEqual([
      `Saved *${link}* to your liked songs.`,
      textsOf(shown)[1],
      expect.stringMatching(/^-# Liked on <t:\d+:D> · Spotify$/),
    ])
    expect(world.spotify.requests.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/me/library/contains',
      'PUT /v1/me/library',
      'GET /v1/me/tracks',
    ])
    const again = messageOf(await ana.presses(shown, 'Save to my liked songs'))
    expect(again.content).toContain('already')
  })

  test('a song of Ana’s is headed by her name, which a refusal knows as well, however often it was drawn again', async () => {
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    const shown = messageOf(await ben.uses('liked random', { member: ana.id }))
    const again = messageOf(await ben.presses(messageOf(await ben.presses(shown, 'Another')), 'Another'))
    expect([shown, again].map((song) => textsOf(song)[0])).toEqual(['**Ana**', '**Ana**'])
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with nobody')
    for (const person of [ben, world.person('chiyo')]) {
      const told = messageOf(await person.presses(again, 'Another'))
      expect(buttonsOf(told).map(({ label }) => label)).toEqual(['Ask @Ana to share'])
    }
    const former = encodePageId({ version: 2, owner: ana.id, offset: 0, action: 'another' })
    const nameless = messageOf(await ben.forges(again, former))
    expect(buttonsOf(nameless).map(({ label }) => label)).toEqual(['Ask them to share'])
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    expect(textsOf(messageOf(await ben.forges(again, former)))[0]).toBe(`**<@${ana.id}>**`)
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with nobody')
  })

  test('a button on it that is of another release is answered privately, and the song stays', async () => {
    const shown = messageOf(await ana.uses('liked random'))
    const told = messageOf(await ana.forges(shown, 'liked:3:x:0::a'))
    expect(told).toMatchObject({ ephemeral: true, content: expect.stringContaining('know this button') })
    expect(now(shown, ana)).toEqual(shown)
  })

  test('when no song is left, the sentence that says so takes the place of the song', async () => {
    const gus = world.person('gus')
    gus.spotify.allowed = true
    gus.spotify.library = gus.spotify.library.slice(0, 1)
    await gus.links()
    const shown = messageOf(await gus.uses('liked random'))
    gus.spotify.library = []
    await gus.links()
    const none = messageOf(await gus.presses(shown, 'Another'))
    expect(none).toMatchObject({ id: shown.id, content: '', embeds: [] })
    expect([typesOf(none), textsOf(none)]).toEqual([[textDisplay], [expect.stringContaining('No liked songs yet')]])
  })
})

test('an answer that comes late is announced first, and its edit is Components V2', async () => {
  const world = await startWorld({}, 'gateway', { acknowledge: 0, autocomplete: 5_000 })
  const ana = world.person('ana')
  await ana.links()
  const outcome = await ana.uses('liked random')
  const shown = messageOf(outcome)
  expect([outcome.deferred, shown.components[0]?.['type']]).toEqual([true, container])
  // From memory it might be there at once.
  await ana.links()
  const again = await ana.presses(shown, 'Another')
  expect([again.deferred, messageOf(again).id, messageOf(again).content]).toEqual([true, shown.id, ''])
  await world.stop()
})
