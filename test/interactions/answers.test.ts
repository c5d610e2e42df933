import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usualDeadlines } from '../../src/discord/dispatch.ts'
import { words } from '../../sandbox/browser.ts'
import { holdSpotify } from '../world/hold.ts'
import { footerOf, messageOf, rowsOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

describe('interactions over HTTP', () => {
  let world: World
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    world = await startWorld({}, 'http', unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
  })
  afterAll(() => world.stop())

  const callbacks = () => world.discord.requests.filter(({ path }) => path.endsWith('/callback')).length
  const statuses = () => world.discord.deliveries.map(({ status }) => status)

  test('the gateway is left alone', () => {
    expect(world.discord.online()).toBe(false)
    expect(world.discord.requests.some(({ path }) => path.includes('/gateway'))).toBe(false)
    expect(world.discord.commands().length).toBeGreaterThan(4)
  })

  test('Ana links, looks and turns as ever, and every answer stands in the response', async () => {
    const done = await ana.links()
    expect(done.status, words(done)).toBe(200)
    const shown = messageOf(await ana.uses('liked recent'))
    expect(footerOf(shown)).toBe('Page 1 of 312 · 3,120 liked songs · Spotify')
    const next = await ana.presses(shown, 'Next')
    expect(next).toMatchObject({ kind: 'update', deferred: false })
    expect(rowsOf(messageOf(next))[0]).toMatch(/^\*\*3,110\.\*\*/)
    expect(callbacks()).toBe(0)
    expect(new Set(statuses())).toEqual(new Set([200]))
  })

  test('she jumps by way of a dialog, and words are suggested to her', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    const dialog = await ana.presses(shown, '1 / 312')
    expect(dialog.kind).toBe('modal')
    const field = dialog.kind === 'modal' ? (dialog.modal.fields[0]?.customId ?? '') : ''
    expect(footerOf(messageOf(await ana.submits(dialog, { [field]: '12' })))).toMatch(/^Page 12 of 312/)
    const choices = await world.discord.complete(ana.id, shown.channelId, 'liked search', {}, 'query')
    expect(choices.length).toBeGreaterThanOrEqual(0)
    expect(callbacks()).toBe(0)
  })

  test('a file goes by the callback route too', async () => {
    const before = callbacks()
    const [file] = messageOf(await ana.uses('account export')).attachments
    expect(JSON.parse(file?.text ?? '')).toMatchObject({ sharing: [] })
    expect(callbacks()).toBe(before + 1)
  })

  test('Ben, whom nobody lets look, is told so privately', async () => {
    const refused = messageOf(await ben.uses('liked recent', { member: ana.id }))
    expect(refused).toMatchObject({ ephemeral: true, embeds: [] })
    expect(refused.content).toContain('not shared with you here')
  })
})

test('a slow answer is announced by the callback route, which tells that the announcement has arrived', async () => {
  const deadlines = { ...unhurried }
  const world = await startWorld({}, 'http', deadlines)
  const ana = world.person('ana')
  await ana.links()
  Object.assign(deadlines, usualDeadlines)
  const callbacks = () => world.discord.requests.filter(({ path }) => path.endsWith('/callback'))
  const letGo = holdSpotify(world.spotify)
  const asked = ana.uses('liked recent')
  await expect.poll(callbacks).toMatchObject([{ status: 204 }])
  letGo()
  const outcome = await asked
  expect(outcome.deferred).toBe(true)
  expect(footerOf(messageOf(outcome))).toMatch(/^Page 1 of 312/)
  await expect.poll(() => world.discord.deliveries.at(-1)?.status).toBe(202)
  expect(callbacks()).toHaveLength(1)
  await world.stop()
})
