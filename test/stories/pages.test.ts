import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

describe('turning the pages of liked songs', () => {
  let world: World
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    world = await startWorld({}, 'gateway', unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    await ana.links()
    await ben.links()
  })
  afterAll(() => world.stop())

  const asked = (): number => world.spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length

  test('Ana shows her newest songs for one request, numbered down from all of them', async () => {
    const before = asked()
    const shown = messageOf(await ana.uses('liked recent'))
    expect(asked() - before).toBe(1)
    const total = ana.spotify.library.length
    expect(rowsOf(shown).map((row) => row.slice(0, 10))).toEqual(
      Array.from({ length: 10 }, (_, index) => `**${(total - index).toLocaleString('en-US')}.** `.slice(0, 10)),
    )
    expect(rowsOf(shown)[0]).toMatch(
      /^\*\*3,120\.\*\* \[.+\]\(https:\/\/open\.spotify\.com\/track\/\w{22}\)\n-# .+ · <t:\d+:R>$/,
    )
    expect(footerOf(shown)).toBe('Page 1 of 312 · 3,120 liked songs · Spotify')
    expect(shown.ephemeral).toBe(false)
    expect(buttonsOf(shown).map(({ label, disabled }) => `${label}${disabled ? ' (off)' : ''}`)).toEqual([
      'First (off)',
      'Previous (off)',
      '1 / 312',
      'Next',
      'Last',
      'Refresh',
      'Browse privately',
    ])
    // Ana has saved them, and whoever follows a link to liked songs finds their own.
    expect(JSON.stringify(shown.components)).not.toMatch(/Save to my liked songs|collection/)
  })

  test('ten Nexts cost three requests at most, and most are answered at once', async () => {
    const before = asked()
    let shown = messageOf(await ana.uses('liked recent'))
    const seen = rowsOf(shown)
    for (let press = 1; press <= 10; press += 1) {
      const outcome = await ana.presses(shown, 'Next')
      expect(outcome.deferred).toBe(false)
      shown = messageOf(outcome)
      seen.push(...rowsOf(shown))
    }
    expect(asked() - before).toBeLessThanOrEqual(3)
    expect(footerOf(shown)).toMatch(/^Page 11 of 312/)
    const numbers = seen.map((row) => Number(/\*\*([\d,]+)\./.exec(row)?.[1]?.replace(',', '')))
    expect(numbers).toEqual(Array.from({ length: 110 }, (_, index) => 3120 - index))
  })

  test('a press whose page is in hand asks Spotify nothing', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    const before = world.spotify.requests.length
    const outcome = await ana.presses(shown, 'Next')
    expect(world.spotify.requests.length).toBe(before)
    expect(outcome).toMatchObject({ kind: 'update', deferred: false })
  })

  test('Last is the end, and there Next and Last are disabled', async () => {
    const shown = messageOf(await ben.uses('liked recent'))
    const last = messageOf(await ben.presses(shown, 'Last'))
    expect(footerOf(last)).toBe('Page 5 of 5 · 42 liked songs · Spotify')
    expect(rowsOf(last).at(-1)).toContain('**1.**')
    expect(
      buttonsOf(last)
        .filter(({ disabled }) => disabled)
        .map(({ label }) => label),
    ).toEqual(['Next', 'Last'])
  })

  test('the dialog behind the page number leads to any page', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    const dialog = await ana.presses(shown, '1 / 312')
    const field = { label: 'Page, 1 to 312', value: '1' }
    expect(dialog).toMatchObject({ kind: 'modal', modal: { title: 'Go to a page', fields: [field] } })
    const there = messageOf(await ana.submits(dialog, { page: '200' }))
    expect(footerOf(there)).toMatch(/^Page 200 of 312/)
    expect(there.id).toBe(shown.id)
    const again = await ana.presses(there, '200 / 312')
    expect(again).toMatchObject({ modal: { fields: [{ label: 'Page, 1 to 312', value: '200' }] } })
    const beyond = messageOf(await ana.submits(again, { page: '99999' }))
    expect(footerOf(beyond)).toMatch(/^Page 312 of 312/)
  })

  test('songs liked meanwhile shift the pages: nothing is shown twice or skipped, and the page says so', async () => {
    const shown = messageOf(await ben.uses('liked recent'))
    world.spotify.like(ben.spotify.id)
    world.spotify.like(ben.spotify.id)
    const refreshed = messageOf(await ben.uses('liked recent'))
    expect(rowsOf(refreshed)[2]).toBe(rowsOf(shown)[0])

    const next = messageOf(await ben.presses(shown, 'Next'))
    expect(footerOf(next)).toBe('Page 2 of 5 · 44 liked songs · 2 newer songs · Spotify')
    expect(rowsOf(next)[0]).toMatch(/^\*\*32\.\*\*/)
    const back = messageOf(await ben.presses(next, 'Previous'))
    expect(rowsOf(back)).toEqual(rowsOf(shown))
    const fresh = messageOf(await ben.presses(back, 'Refresh'))
    expect(footerOf(fresh)).toBe('Page 1 of 5 · 44 liked songs · Spotify')
    expect(rowsOf(fresh)[0]).toMatch(/^\*\*44\.\*\*/)
  })

  test('a list that changes between two blocks is read again rather than shown wrongly', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    const first = rowsOf(shown)
    world.spotify.like(ana.spotify.id)
    const dialog = await ana.presses(shown, '1 / 312')
    const there = messageOf(await ana.submits(dialog, { page: '21' }))
    expect(rowsOf(there)[0]).toMatch(/^\*\*2,920\.\*\*/)
    expect(footerOf(there)).toContain('1 newer song ')
    const back = messageOf(await ana.presses(there, 'First'))
    expect(rowsOf(back)).toEqual(first)
  })

  test('Ben cannot turn Ana’s page: he is told so, and nobody else sees it', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    for (const label of ['Next', '1 / 312', 'Browse privately', 'Refresh']) {
      const before = world.spotify.requests.length
      const outcome = await ben.presses(
        shown,
        buttonsOf(shown).find((button) => button.label.startsWith(label.slice(0, 2)))?.label ?? label,
      )
      expect(outcome.kind).toBe('message')
      expect(messageOf(outcome)).toMatchObject({ ephemeral: true })
      expect(messageOf(outcome).content).toContain(`<@${ana.id}>`)
      expect(world.spotify.requests.length).toBe(before)
    }
  })

  test('Ana browses on privately, and the public page stays as it is', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    const copy = messageOf(await ana.presses(shown, 'Browse privately'))
    expect(copy).toMatchObject({ ephemeral: true })
    expect(buttonsOf(copy).map(({ label }) => label)).not.toContain('Browse privately')
    expect(buttonsOf(copy).at(-1)).toMatchObject({ url: 'https://open.spotify.com/collection/tracks' })
    expect(JSON.stringify(copy.components)).not.toContain('Save to my liked songs')
    const turned = messageOf(await ana.presses(copy, 'Next'))
    expect(turned).toMatchObject({ ephemeral: true, id: copy.id })
    const still = world.discord.messages(shown.channelId, ben.id).find(({ id }) => id === shown.id)
    expect(still && footerOf(still)).toBe(footerOf(shown))
  })

  test('private:true is for Ana alone, and market greys out what is not available there', async () => {
    const secret = messageOf(await ana.uses('liked recent', { private: true, market: 'gb' }))
    expect(secret.ephemeral).toBe(true)
    expect(world.spotify.requests.at(-1)?.query['market']).toBe('GB')
    const turned = messageOf(await ana.presses(secret, 'Last'))
    expect(world.spotify.requests.at(-1)?.query['market']).toBe('GB')
    expect(turned.ephemeral).toBe(true)
    await ana.uses('liked recent', { private: true, market: 'united kingdom' })
    expect(world.spotify.requests.at(-1)?.query['market']).toBe('GB')
    const wrong = messageOf(await ana.uses('liked recent', { market: '4!' }))
    expect(wrong).toMatchObject({ ephemeral: true, content: expect.stringContaining("I don't know that country") })
    const suggested = await world.discord.complete(ana.id, wrong.channelId, 'liked recent', { market: 'ger' }, 'market')
    expect(suggested[0]).toEqual({ name: 'Germany', value: 'DE' })
  })

  test('somebody who has not linked is sent to /link, privately', async () => {
    const outcome = messageOf(await world.person('chiyo').uses('liked recent'))
    expect(outcome.ephemeral).toBe(true)
    expect(outcome.content).toContain('</link:')
  })
})
