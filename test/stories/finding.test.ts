import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import {
  buttonsOf,
  footerOf,
  messageOf,
  rowsOf,
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
    const first = messageOf(await ana.uses('liked search', { query: 'love' }))
    const now = () => world.discord.messages(first.channelId, ana.id).find(({ id }) => id === first.id) ?? first
    await expect.poll(() => footerOf(now())).toMatch(/^Page 1 of/)
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
      const [line] = /Searched [\d,]+ of 3,000 songs so far\./.exec(textOf(newest)) ?? []
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
    expect(shown.embeds[0]?.['description']).toMatch(/^\*\*\d+\.\*\* \[/)
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['Another', 'Save to my liked songs', 'OPEN SPOTIFY'])
    expect(messageOf(await ben.presses(shown, 'Another')).id).toBe(shown.id)
    const dara = world.person('dara')
    await dara.links()
    expect(messageOf(await dara.uses('liked random')).content).toContain('no liked songs')
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
    expect(messageOf(await ana.uses('liked when', { date: '2099-12' })).embeds[0]?.['description']).toContain(
      'the latest',
    )
    expect(messageOf(await ana.uses('liked when', { date: 'May' })).content).toContain('A date is a year')
  })
})
