import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buttonsOf, footerOf, messageOf, rowsOf, startWorld, type World } from '../world/world.ts'

describe('libraries of every kind', () => {
  let world: World
  beforeAll(async () => (world = await startWorld()))
  afterAll(() => world.stop())

  async function shownBy(username: string) {
    const person = world.person(username)
    // Made at its first use, which may take longer than the program waits for Spotify.
    expect(person.spotify.library).toBeDefined()
    await person.links()
    return { person, shown: messageOf(await person.uses('liked recent')) }
  }

  test('Dara has liked nothing yet and reads how to begin', async () => {
    const { shown } = await shownBy('dara')
    expect(shown.embeds[0]?.['description']).toContain('No liked songs yet')
    expect(footerOf(shown)).toBe('Page 1 of 1 · 0 liked songs · Spotify')
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['Refresh'])
  })

  test('Emil’s forty thousand songs end at number one', async () => {
    const { person, shown } = await shownBy('emil')
    expect(footerOf(shown)).toBe('Page 1 of 4,000 · 40,000 liked songs · Spotify')
    expect(buttonsOf(shown).map(({ label }) => label)).toContain('1 / 4,000')
    const last = messageOf(await person.presses(shown, 'Last'))
    expect(rowsOf(last).at(-1)).toMatch(/^\*\*1\.\*\*/)
  })

  test('Chiyo’s titles in every script are unchanged on their rows', async () => {
    const { person, shown } = await shownBy('chiyo')
    const titles = person.spotify.library.slice(0, 10).map(({ song }) => song?.title ?? '')
    const rows = rowsOf(shown)
    const plain = titles.filter((title) => /^[\p{L}\p{M} ]+$/u.test(title))
    expect(plain.length).toBeGreaterThan(0)
    for (const title of plain) expect(rows.some((row) => row.includes(title))).toBe(true)
  })

  test('Fay’s oddities keep their rows: local file, missing track, unavailable song, long and hostile titles', async () => {
    const { person, shown } = await shownBy('fay')
    const rows = rowsOf(shown)
    expect(rows).toHaveLength(person.spotify.library.length)
    expect(rows.filter((row) => row.endsWith('local file'))).toHaveLength(1)
    expect(rows.filter((row) => row.includes('Unavailable song'))).toHaveLength(1)
    const [withMarket] = [messageOf(await person.uses('liked recent', { market: 'GB' }))]
    expect(rowsOf(withMarket).filter((row) => row.endsWith('not available')).length).toBeGreaterThan(1)
    expect(JSON.stringify(shown.embeds)).not.toMatch(/\]\((?!https:\/\/open\.spotify\.com\/track\/)/)
  })
})
