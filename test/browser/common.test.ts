import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startWorld, type Player, type World } from '../world/world.ts'

describe.skipIf(withoutChromium())('what Ana and Ben have both liked, in a real browser', () => {
  let world: World
  let ana: Player
  let ben: Player
  let chromium: Chromium
  let chat: Page
  let at: ChatPage

  beforeAll(async () => {
    world = await startWorld()
    ana = world.person('ana')
    ben = world.person('ben')
    for (const one of [ana, ben]) await one.links()
    ana.spotify.library = ana.spotify.library.slice(0, 400)
    const day = 24 * 60 * 60_000
    const hers = new Set(ana.spotify.library.map(({ song }) => song?.title))
    const others = ben.spotify.library.filter(({ song }) => !hers.has(song?.title))
    const both = ana.spotify.library.filter((_, index) => index % 20 === 1)
    const liked = both.map(({ song, addedAt }, index) => ({ song, addedAt: addedAt + (index % 2 === 0 ? -day : day) }))
    ben.spotify.library = [...liked, ...others].toSorted((one, other) => other.addedAt - one.addedAt)
    chromium = await openChromium({ viewport: { width: 1280, height: 800 } })
    ;({ chat, at } = await openChatPage(chromium, world.url))
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('Ana asks, and Ben shows one page, which she cannot turn', async () => {
    await at.as('Ana')
    await at.type('/liked common member:@Ben')
    await at.newest().getByText('are not shared with you here').waitFor()
    await at.newest().getByRole('button', { name: 'Ask @Ben to share' }).click()
    await at.newest().getByText('would like to see here which songs both of you have liked').waitFor()
    await at.picture('common-ask')
    await at.as('Ben')
    await at.newest().getByRole('button', { name: 'Show one page here' }).click()
    await page().getByText('Page 1 of 2 · ').waitFor()
    await at.newest().getByText('You showed one page of the songs that both of you have liked').waitFor()
    await at.picture('common-once')
    await at.as('Ana')
    await page().getByRole('button', { name: 'Next', exact: true }).click()
    await at.newest().getByText('They showed one page when you asked').waitFor()
    await page().getByText('Page 1 of 2 · ').waitFor()
  })

  test('Ben shares here: both turn the list that Ana calls up, with both dates of each song', async () => {
    await shares('Share with this server')
    await at.as('Ana')
    await at.type('/liked common member:@Ben')
    await page().getByText('Page 1 of 2 · 20 songs found').waitFor()
    expect((await page().innerText()).match(/@Ana [A-Z][^@]+ · @Ben [A-Z]/g)).toHaveLength(10)
    await at.picture('common')
    await page().getByRole('button', { name: 'Next', exact: true }).click()
    await page().getByText('Page 2 of 2 · 20 songs found').waitFor()
    await at.as('Ben')
    await page().getByRole('button', { name: 'Previous', exact: true }).click()
    await page().getByText('Page 1 of 2 · 20 songs found').waitFor()
  })

  test('Ben stops, and Ana’s next press shows nothing', async () => {
    await shares('Share with nobody')
    await at.as('Ana')
    await page().getByRole('button', { name: 'Next', exact: true }).click()
    await at.newest().getByText('are not shared with you here').waitFor()
    await page().getByText('Page 1 of 2 · 20 songs found').waitFor()
    await at.picture('common-taken-back')
  })

  async function shares(choice: string): Promise<void> {
    await at.as('Ben')
    await at.type('/account sharing')
    await at.newest().getByRole('button', { name: choice, exact: true }).click()
    await at
      .newest()
      .getByRole('button', { name: `✓ ${choice}` })
      .waitFor()
  }

  const page = () =>
    chat
      .getByRole('article')
      .filter({ hasText: /Page \d of 2/ })
      .last()
})
