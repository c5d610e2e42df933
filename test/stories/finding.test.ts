import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import {
  buttonsOf,
  footerOf,
  messageOf,
  rowsOf,
  textsOf,
  startWorld,
  unhurried,
  type Player,
  type World,
} from '../world/world.ts'

describe('finding songs in a whole library', () => {
  let world: World
  let ana: Player
  beforeAll(async () => {
    world = await startWorld({}, 'gateway', unhurried)
    ana = world.person('ana')
    await ana.links()
  })
  afterAll(() => world.stop())

  const asked = ({ spotify }: Player): number =>
    world.spotify.requests.filter(({ path, accountId }) => path === '/v1/me/tracks' && accountId === spotify.id).length
  const suggested = (query: string) =>
    world.discord.complete(ana.id, channels[0]?.id ?? '', 'liked search', { query }, 'query')
  const textOf = (message: Message | undefined): string => JSON.stringify(message?.embeds ?? [])
  /** What Ana is shown once her whole library has been read. */
  const found = async (query: string): Promise<Message> => {
    const first = messageOf(await ana.uses('liked search', { query }))
    const now = () => world.discord.messages(first.channelId, ana.id).find(({ id }) => id === first.id) ?? first
    await expect.poll(() => footerOf(now())).toMatch(/^Page 1 of/)
    return now()
  }
  const words = (text: string): number => text.split(' ').length
  const includes = (song: { title: string; artists: readonly string[] }, word: string): boolean =>
    [song.title, ...song.artists].join(' ').includes(word)
  const titled = (letters: RegExp) =>
    ana.spotify.library.filter(({ song }) => song && letters.test([song.title, song.album, ...song.artists].join(' ')))

  test('she types five letters with nothing in hand: one choice with her text, and Spotify is asked for nothing', async () => {
    for (const typed of ['r', 'ra', 'rai', 'rain', 'rain '])
      expect(await suggested(typed)).toEqual([{ name: 'Press Enter to search all your songs', value: typed.trim() }])
    expect(await suggested('')).toMatchObject([{ value: '…' }])
    await ana.uses('liked recent')
    const [newest] = ana.spotify.library
    expect((await suggested(newest?.song?.title ?? '')).map(({ name }) => name).join()).toContain(newest?.song?.title)
    expect(asked(ana)).toBe(1)
  })

  test('a search shows every hit, newest first, by its number in the whole list, for no further request', async () => {
    await found('love')
    const before = asked(ana)
    const choices = await suggested('rain')
    expect(choices.length).toBeLessThanOrEqual(25)
    const chosen = messageOf(await ana.uses('liked search', { query: String(choices[0]?.value) }))
    expect(rowsOf(chosen).length).toBeGreaterThan(0)
    const shown = messageOf(await ana.uses('liked search', { query: 'raIn' }))
    const hits = titled(/rain/i)
    expect(footerOf(shown)).toBe(`Page 1 of ${Math.ceil(hits.length / 10)} · ${hits.length} songs found · Spotify`)
    const numbers = rowsOf(shown).map((row) => Number(/^\*\*([\d,]+)\./.exec(row)?.[1]?.replace(',', '')))
    expect(numbers).toEqual(hits.slice(0, 10).map((hit) => 3120 - ana.spotify.library.indexOf(hit)))
    const next = messageOf(await ana.presses(shown, 'Next'))
    expect(footerOf(next)).toMatch(/^Page 2 of/)
    expect(next.id).toBe(shown.id)
    expect(asked(ana)).toBe(before)
    const nothing = messageOf(await ana.uses('liked search', { query: 'zzzzqqq' }))
    expect(nothing.embeds[0]?.['description']).toContain('I found no liked song with these words')
    expect(messageOf(await ana.uses('liked search', { query: '??' })).content).toContain('Search for words')
  })

  test('a song that was found through its album shows the album, and no other does', async () => {
    const one = ana.spotify.library.find(({ song }) => song && words(song.album) > 1 && !includes(song, song.album))
    const album = one?.song?.album ?? ''
    const shown = rowsOf(await found(album))
    const [through, ...others] = shown.filter((row) => row.includes(`${one?.song?.id})`))
    expect([through?.split('\n')[1], others]).toEqual([expect.stringContaining(` · ${album} · <t:`), []])
    const title = messageOf(await ana.uses('liked search', { query: one?.song?.title ?? '' }))
    expect(rowsOf(title).join()).not.toContain(` · ${album} · `)
  })

  test('a library that takes long: what is found so far is shown by its numbers, and counted up to the whole list', async () => {
    const emil = world.person('emil')
    await emil.links()
    onTestFinished(() => void (world.spotify.trouble = { kind: 'none' }))
    // Enough to be read for many seconds while Spotify is slow, and soon after that.
    emil.spotify.library = emil.spotify.library.slice(0, 3_000)
    world.spotify.trouble = { kind: 'slow', delay: 2 }
    const channel = channels[0]?.id ?? ''
    const shown = new Map<string, Message>()
    const stop = world.discord.onChange(() => {
      const newest = world.discord.messages(channel, emil.id).at(-1)
      const [line] = /Still searching: [\d,]+ of 3,000 songs\./.exec(textOf(newest)) ?? []
      if (newest && line) shown.set(line, structuredClone(newest))
    })
    const outcome = messageOf(await emil.uses('liked search', { query: 'the' }))
    await expect.poll(() => shown.size).toBeGreaterThan(1)
    world.spotify.trouble = { kind: 'none' }
    const final = () => world.discord.messages(channel, emil.id).find(({ id }) => id === outcome.id) ?? outcome
    await expect.poll(() => footerOf(final())).toMatch(/^Page 1 of/)
    stop()
    const { library } = emil.spotify
    for (const soFar of shown.values()) {
      expect(soFar.components).toEqual([])
      expect(footerOf(soFar)).toMatch(/^[\d,]+ songs? found so far/)
      for (const row of rowsOf(soFar)) {
        const number = Number(/^\*\*([\d,]+)\./.exec(row)?.[1]?.replace(',', ''))
        expect(JSON.stringify(library[3_000 - number]?.song)).toMatch(/the/i)
      }
    }
    expect(rowsOf([...shown.values()].at(-1) ?? outcome)).toHaveLength(10)
    expect(textOf(final())).not.toContain('so far')
    expect(buttonsOf(final()).map(({ label }) => label)).toContain('Next')
    expect(asked(emil)).toBe(60)
  })

  test('random draws one song for two requests at most, and Another draws again in place', async () => {
    const ben = world.person('ben')
    await ben.links()
    const before = asked(ben)
    const shown = messageOf(await ben.uses('liked random'))
    expect(asked(ben) - before).toBeLessThanOrEqual(2)
    const id = /track\/(\w{22})/.exec(textsOf(shown)[1] ?? '')?.[1]
    const { song, addedAt } = ben.spotify.library.find((one) => one.song?.id === id) ?? expect.unreachable()
    expect(textsOf(shown)[0]).toBe('**Ben**')
    expect(textsOf(shown)[1]).toContain(`](https://open.spotify.com/track/${id})`)
    expect(textsOf(shown)[1]).toMatch(/^## .*\n.*\nfrom ./)
    const date = `<t:${Math.floor(addedAt / 1000)}:D>`
    expect(footerOf(shown)).toMatch(new RegExp(`^Liked on ${date} · \\d+ of 42 liked songs · Spotify$`))
    expect(shown).toMatchObject({ content: '', embeds: [] })
    const cover = { type: 12, items: [{ description: expect.stringContaining(`Cover of ${song?.title}`) }] }
    expect([shown.components[0]].flatMap((one) => one?.['components'])[1]).toMatchObject(cover)
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['OPEN SPOTIFY', 'Save to my liked songs', 'Another'])
    const again = messageOf(await ben.presses(shown, 'Another'))
    expect([again.id, again.components[0]?.['type']]).toEqual([shown.id, 17])
    const dara = world.person('dara')
    await dara.links()
    expect(messageOf(await dara.uses('liked random')).content).toContain('No liked songs')
  })

  test('when leads to the page of a time, is honest about others, and turns from there', async () => {
    const year = new Date(ana.spotify.library[1500]?.addedAt ?? 0).getUTCFullYear()
    const shown = messageOf(await ana.uses('liked when', { date: String(year) }))
    expect(shown.embeds[0]?.['description']).toContain(`What was liked in ${year}`)
    const newest = ana.spotify.library.findIndex(({ addedAt }) => addedAt < Date.UTC(year + 1, 0))
    expect(footerOf(shown)).toMatch(new RegExp(`^Page ${Math.floor(newest / 10) + 1} of 312`))
    expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(`Page ${Math.floor(newest / 10) + 2} of 312`)
    const early = messageOf(await ana.uses('liked when', { date: '2006' }))
    expect(early.embeds[0]?.['description']).toContain('Nothing had been liked by 2006 yet')
    const before = world.spotify.requests.length
    const future = messageOf(await ana.uses('liked when', { date: 'December 2099' }))
    expect(future).toMatchObject({
      ephemeral: true,
      content: expect.stringContaining('December 2099 is still to come'),
    })
    expect(world.spotify.requests.length).toBe(before)
    expect(messageOf(await ana.uses('liked when', { date: 'May' })).content).toContain("I don't understand that date.")
  })

  test('a list about a time shows dates, and where the time begins and ends, also on the pages around it', async () => {
    const day = (number: number) => Date.UTC(2023, 2, number)
    const gus = world.person('gus')
    gus.spotify.allowed = true
    await gus.links()
    // Five likes of April, eight of March, the rest of February.
    const liked = [...Array(5).fill(day(40)), ...Array(8).fill(day(14)), ...Array(12).fill(day(-9))]
    gus.spotify.library = gus.spotify.library.slice(0, 25).map((song, index) => ({ ...song, addedAt: liked[index] }))
    const text = (message: Message) => String(message.embeds[0]?.['description'])
    const signs = (message: Message) => text(message).match(/^\*\*Liked .*|^\*\*\d+/gm)
    const shown = messageOf(await gus.uses('liked when', { date: 'mar 2023' }))
    expect(signs(shown)).toEqual([
      '**Liked after March 2023**',
      ...['**25', '**24', '**23', '**22', '**21'],
      '**Liked in March 2023**',
      ...['**20', '**19', '**18', '**17', '**16'],
    ])
    expect(rowsOf(shown)[5]).toMatch(` · <t:${day(14) / 1000}:D>`)
    const next = messageOf(await gus.presses(shown, 'Next'))
    expect(signs(next)?.slice(0, 5)).toEqual([
      '**Liked in March 2023**',
      '**15',
      '**14',
      '**13',
      '**Liked before March 2023**',
    ])
    const last = messageOf(await gus.presses(next, 'Last'))
    expect(text(last)).not.toMatch(/Liked|:R>/)
    const again = messageOf(await gus.presses(last, 'Refresh'))
    expect(text(again)).toBe(text(shown))
    // Dates of the whole list stay relative.
    expect(rowsOf(messageOf(await gus.uses('liked recent')))[5]).toMatch(':R>')
  })
})
