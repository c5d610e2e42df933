import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startWorld, type World } from '../world/world.ts'

describe.skipIf(withoutChromium())('Ben asks, Ana allows, Ben saves, Ana takes it back, in a real browser', () => {
  let world: World
  let chromium: Chromium
  let chat: Page
  let at: ChatPage

  beforeAll(async () => {
    world = await startWorld()
    await world.person('ana').links()
    await world.person('ben').links()
    chromium = await openChromium({ viewport: { width: 1280, height: 800 } })
    ;({ chat, at } = await openChatPage(chromium, world.url))
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('Ben is refused and asks in the channel', async () => {
    await at.as('Ben')
    await at.type('/liked recent member:@Ana')
    await at.newest().getByText('are not shared with you here').waitFor()
    await at.newest().getByRole('button', { name: 'Ask @Ana to share' }).click()
    await at.newest().getByRole('button', { name: 'Share with everyone here' }).waitFor()
    await at.picture('ask')
  })

  test('Ana allows it, and her page takes the place of the question', async () => {
    await at.as('Ana')
    await at.newest().getByRole('button', { name: 'Share with everyone here' }).click()
    await page().getByText('Page 1 of 312').waitFor()
    await at.newest().getByText('can look through all your liked songs now').waitFor()
    await at.newest().getByRole('button', { name: 'Undo' }).waitFor()
    await at.picture('answered')
  })

  test('Ben turns it, and saves a song once he has allowed that on Spotify', async () => {
    await at.as('Ben')
    await chat.getByText('shares their liked songs with everyone here now').first().waitFor()
    await at.newest().getByRole('button', { name: 'Next', exact: true }).click()
    await at.newest().getByText('Page 2 of 312').waitFor()
    const before = world.spotify.account('ben-spotify').library.length
    const select = at.newest().getByRole('combobox').or(at.newest().locator('select')).first()
    await select.selectOption({ index: 5 })
    const link = at.newest().getByRole('link', { name: 'Allow saving' })
    const [pages] = await Promise.all([chromium.context.waitForEvent('page'), link.click()])
    for (const label of ['Continue with Discord', 'Authorize', 'Continue to Spotify', 'Agree']) {
      await pages.getByRole('button', { name: label }).click()
    }
    await pages.getByRole('heading', { name: /^Saved .+ to your liked songs$/ }).waitFor()
    await pages.close()
    expect(world.spotify.account('ben-spotify').library.length).toBe(before + 1)
    await at.picture('saved')
  })

  test('the link to Ana’s page leads Ben there: in the chat, from another channel, in another tab and from the last page of the flow', async () => {
    const focused = (tab: Page) => tab.locator('article:focus').filter({ hasText: 'of 312' })
    const link = chat.getByRole('link', { name: 'the first page' }).first()
    const place = (await link.getAttribute('href'))?.slice(1) ?? ''
    await link.click()
    await focused(chat).waitFor()
    await chat.locator('#channels button').last().click()
    await page().waitFor({ state: 'detached' })
    await chat.evaluate(`location.hash = "${place}"`)
    await focused(chat).waitFor()
    const tab = await chromium.context.newPage()
    await tab.goto(new URL(place, world.discord.authorizeUrl).href)
    await focused(tab).waitFor()
    await tab.close()

    const ben = world.person('ben')
    const done = await ben.links()
    const [, back = ''] = /href="(http[^"]+)">Back to Discord/.exec(done.text) ?? []
    const other = await chromium.context.newPage()
    await other.goto(back)
    await other.getByRole('article').last().getByText('Linked as Ben').waitFor()
    await other.close()
  })

  test('Ben opens the menu on Ana, with the mouse, with the keyboard and at phone width', async () => {
    const shown = chat.getByRole('article').filter({ hasText: 'used Liked songs' })
    const menu = chat.getByRole('menu', { name: 'Apps for Ana' })
    await chat.getByRole('navigation').getByRole('button', { name: 'Apps for Ana' }).click()
    await at.picture('menu')
    await menu.getByRole('menuitem', { name: 'Liked songs' }).click()
    await shown.getByText('Page 1 of 312').waitFor()
    await shown.getByText('Only you can see this').waitFor()
    await shown.getByRole('button', { name: 'Dismiss message' }).click()

    await chat.setViewportSize({ width: 390, height: 844 })
    await chat.getByRole('log').getByRole('button', { name: 'Apps for Ana' }).first().focus()
    await chat.keyboard.press('Enter')
    await menu.waitFor()
    await chat.keyboard.press('Escape')
    await menu.waitFor({ state: 'hidden' })
    await chat.keyboard.press('Enter')
    await chat.keyboard.press('ArrowDown')
    await chat.keyboard.press('Enter')
    await shown.getByText('Page 1 of 312').waitFor()
    await chat.setViewportSize({ width: 1280, height: 800 })
  })

  test('Ana takes it back, and Ben’s next press shows nothing', async () => {
    await at.as('Ana')
    await at.type('/account sharing')
    await at.newest().getByRole('button', { name: 'Share with nobody', exact: true }).click()
    await at.newest().getByText('You share your liked songs with nobody here').waitFor()
    await at.as('Ben')
    await page().getByRole('button', { name: 'Next', exact: true }).click()
    await at.newest().getByText('are not shared with you here').waitFor()
    await at.picture('taken-back')
  })

  function page(): Locator {
    return chat.getByRole('article').filter({ hasText: 'of 312' }).last()
  }
})
