import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Message, OptionValues } from '../../sandbox/discord/discord.ts'
import { textOf } from '../world/message-text.ts'
import { footerOf, messageOf, rowsOf, startWorld, textsOf, type Player, type World } from '../world/world.ts'

const tracks = /^GET \/v1\/me\/tracks$/
const fault = /^Spotify isn't working properly right now\. Please try again in a minute\.$/
/** What nobody may read who has songs. */
const untrue = /No liked songs|I found no liked song|has no liked songs|Nobody here|Nothing liked|0 liked songs|Quiet/

let world: World
let ana: Player
beforeEach(async () => {
  world = await startWorld()
  ana = world.person('ana')
  ana.spotify.library = ana.spotify.library.slice(0, 260)
  await ana.links()
})
afterEach(() => world.stop())

const asked = (): number => world.spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length
/** What stands in small print below the songs. */
const noteOf = (message: Message) => /(?<=\n\n)-# .*/.exec(String(message.embeds[0]?.['description']))?.[0]

describe('Spotify answers with success, and without a page', () => {
  const commands: [string, OptionValues?][] = [
    ['liked recent'],
    ['liked recent', { market: 'GB' }],
    ['liked search', { query: 'the' }],
    ['liked random'],
    ['liked when', { date: '2026' }],
    ['roundup join'],
  ]
  test.each(commands)('/%s %o says whose fault that is, for a dozen requests at most', async (command, options) => {
    world.spotify.trouble = { kind: 'no-page' }
    const before = asked()
    const told = await lastOf(messageOf(await ana.uses(command, options)))
    expect(told.content).toMatch(fault)
    expect(textOf(told)).not.toMatch(untrue)
    expect(asked() - before).toBeLessThanOrEqual(12)
    world.spotify.trouble = { kind: 'none' }
    const well = await lastOf(messageOf(await ana.uses(command, options)))
    expect(well.content).not.toMatch(fault)
    expect(well.embeds.length + textsOf(well).length).toBeGreaterThan(0)
  })

  test.each<[string, object | string]>([
    ['nothing in it', {}],
    ['an error', { error: { status: 500, message: 'Server error.' } }],
    ['zeros', { items: [], limit: 0, offset: 0, total: 0, next: null }],
    ['items null', { items: null, limit: 50, offset: 0, total: 260 }],
    ['no items inside its total', { items: [], limit: 50, offset: 0, total: 260 }],
    ['items that are no list', { items: {}, limit: 50, offset: 0, total: 260 }],
    ['twenty instead of fifty', { items: [], limit: 20, offset: 0, total: 0 }],
    ['an empty body', ''],
    ['a web page', '<html>'],
  ])('%s once: the second try brings the page', async (_, body) => {
    world.spotify.script(tracks, { body })
    const before = asked()
    expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
    expect(asked() - before).toBe(2)
  })

  test('a page that is turned then says so to whoever turned it, and stays as it is', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    world.spotify.trouble = { kind: 'no-page' }
    const told = messageOf(await ana.presses(shown, 'Last'))
    expect(told).toMatchObject({ ephemeral: true, content: expect.stringMatching(fault) })
    expect(rowsOf(world.discord.messages(shown.channelId, ana.id).find(({ id }) => id === shown.id) ?? shown)).toEqual(
      rowsOf(shown),
    )
  })

  test('a roundup names those who could not be asked', async () => {
    const ben = world.person('ben')
    await ben.links()
    for (const one of [ana, ben]) await one.presses(messageOf(await one.uses('roundup join')), 'Join roundups')
    // The new connections have nothing in memory.
    for (const one of [ana, ben]) await one.links()
    world.spotify.trouble = { kind: 'no-page' }
    const before = asked()
    const told = await lastOf(messageOf(await ana.uses('roundup now')))
    expect(textOf(told)).toMatch(/I couldn't ask Spotify for <@\d+>, <@\d+> this time/)
    expect(textOf(told)).not.toMatch(untrue)
    expect(asked() - before).toBeLessThanOrEqual(12)
  })

  test('Dara, who has no songs yet, reads that, and that is true', async () => {
    const dara = world.person('dara')
    await dara.links()
    expect(textOf(messageOf(await dara.uses('liked recent')))).toContain('No liked songs yet')
    expect((await lastOf(messageOf(await dara.uses('liked random')))).content).toContain('No liked songs yet')
  })
})

describe('one stretch of songs answers 500 for good', () => {
  beforeEach(() => void (world.spotify.trouble = { kind: 'broken-pages', from: 100, to: 150 }))

  test('a search finds what is in the others, says how many are missing, and does not ask for them each time', async () => {
    const title = ana.spotify.library[200]?.song?.title ?? expect.unreachable()
    const found = await lastOf(messageOf(await ana.uses('liked search', { query: title })))
    expect(rowsOf(found).join()).toContain('**60.**')
    expect(noteOf(found)).toBe('-# 50 songs could not be read: Spotify did not send them.')
    const before = asked()
    const none = messageOf(await ana.uses('liked search', { query: 'quixotic zebrafinch' }))
    expect(textOf(none)).toContain('None of the songs that I could read has these words')
    expect(textOf(none)).toContain('50 songs could not be read')
    expect(asked()).toBe(before)
  })

  test('random songs come from the others, and the page of a time in it says that songs are missing', async () => {
    ana.spotify.library.forEach((saved, place) => {
      const addedAt = Date.UTC(2026, 0) - place * 86_400_000
      ana.spotify.library[place] = { ...saved, addedAt }
    })
    const day = new Date(Date.UTC(2026, 0) - 120 * 86_400_000).toISOString().slice(0, 10)
    const shown = messageOf(await ana.uses('liked when', { date: day }))
    expect(rowsOf(shown)[0]).toMatch(/^\*\*110\.\*\*/)
    expect(textOf(shown)).toMatch(/This is what I could find around .*50 songs could not be read/s)
    for (let draws = 0; draws < 5; draws += 1) {
      const drawn = messageOf(await ana.uses('liked random'))
      expect(textsOf(drawn)).toHaveLength(3)
      expect(footerOf(drawn)).toContain('50 songs could not be read')
    }
  })
})

describe('pages hold fewer songs than they should', () => {
  test('a search says so, and that nothing was found in what could be read only', async () => {
    world.spotify.trouble = { kind: 'short-pages', most: 10 }
    const before = asked()
    const none = await lastOf(messageOf(await ana.uses('liked search', { query: 'quixotic zebrafinch' })))
    expect(textOf(none)).toContain('None of the songs that I could read has these words')
    expect(textOf(none)).toContain('200 songs could not be read: Spotify did not send them.')
    expect(asked() - before).toBeLessThanOrEqual(12)
  })

  test('once: the second try brings the rest', async () => {
    const page = await ana.uses('liked recent')
    expect(rowsOf(messageOf(page))).toHaveLength(10)
    const { song, addedAt } = ana.spotify.library[0] ?? expect.unreachable()
    const track = { id: song?.id, uri: `spotify:track:${song?.id}`, name: song?.title }
    const item = { added_at: new Date(addedAt).toISOString(), track }
    world.spotify.script(tracks, { body: { items: [item], limit: 50, offset: 0, total: 260, next: null } })
    const before = asked()
    expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
    expect(asked() - before).toBe(2)
  })

  test.each([
    ['items', null],
    ['songs', { added_at: '2026-01-01T00:00:00Z', track: null }],
  ])('nobody is told to have no songs where all %s are null', async (_, item) => {
    const body = { items: Array(50).fill(item), limit: 50, offset: 0, total: 60, next: null }
    world.spotify.script(tracks, ...Array.from({ length: 4 }, () => ({ body })))
    const { content } = await lastOf(messageOf(await ana.uses('liked random')))
    expect(content).toMatch(/^Spotify (?:isn't working properly right now|sent no song to draw)/)
    expect(content).not.toMatch(untrue)
  })
})

test('a total of ten million ends the search early, and what is there is found', async () => {
  world.spotify.trouble = { kind: 'wrong-total', total: 10_000_000 }
  const title = ana.spotify.library[200]?.song?.title ?? expect.unreachable()
  const before = asked()
  const found = await lastOf(messageOf(await ana.uses('liked search', { query: title })))
  expect(rowsOf(found).length).toBeGreaterThan(0)
  expect(noteOf(found)).toBe('-# Spotify speaks of more songs than it sends, so some may be missing here.')
  expect(asked() - before).toBeLessThanOrEqual(25)
})

test('a hundred songs of one second, twenty more of it, then Next: songs 11 to 20 of what was posted', async () => {
  ana.spotify.library = []
  world.spotify.importSongs('ana-spotify', 100)
  const posted = ana.spotify.library.map(({ song }) => song?.id ?? '')
  const second = ana.spotify.library[0]?.addedAt ?? 0
  const shown = messageOf(await ana.uses('liked recent'))
  world.spotify.importSongs('ana-spotify', 20)
  ana.spotify.library = ana.spotify.library.map(({ song }) => ({ song, addedAt: second }))
  // So that the page is asked for anew.
  await ana.uses('liked recent')
  const next = messageOf(await ana.presses(shown, 'Next'))
  expect(rowsOf(next).map((row) => /track\/(\w+)/.exec(row)?.[1])).toEqual(posted.slice(10, 20))
  expect(footerOf(next)).toMatch(/^Page 2 of 10 · 120 liked songs · 20 newer songs/)
})

test('an episode keeps its row, and has no link', async () => {
  const [saved] = ana.spotify.library
  ana.spotify.library[0] = {
    addedAt: Date.now() - 1000,
    song: { ...(saved?.song ?? expect.unreachable()), episode: true },
  }
  const [episode, song] = rowsOf(messageOf(await ana.uses('liked recent')))
  expect(episode).toMatch(/ · podcast episode$/)
  expect(episode).not.toContain('open.spotify.com')
  expect(song).toContain('https://open.spotify.com/track/')
})

/** The message once it is what it stays. */
async function lastOf(first: Message): Promise<Message> {
  const now = () => world.discord.messages(first.channelId, ana.id).find(({ id }) => id === first.id) ?? first
  await expect.poll(() => now().content.startsWith('Looking up') || footerOf(now()).includes('so far')).toBe(false)
  return now()
}
