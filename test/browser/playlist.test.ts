import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { tracksOf } from '../world/playlists.ts'
import { startWorld, type Player, type World } from '../world/world.ts'

describe.skipIf(withoutChromium())('Ana makes playlists, in a real browser', () => {
  let world: World
  let chromium: Chromium
  let chat: Page
  let at: ChatPage
  let ana: Player

  beforeAll(async () => {
    world = await startWorld()
    ana = world.person('ana')
    await ana.links()
    chromium = await openChromium({ viewport: { width: 1280, height: 800 } })
    ;({ chat, at } = await openChatPage(chromium, world.url))
    await at.as('Ana')
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('the first one takes a permission, and is made with it', async () => {
    await at.type('/liked playlist')
    await at.newest().getByText('I need your permission on Spotify first').waitFor()
    await at.newest().getByText('Only you can see this').waitFor()
    await at.picture('playlist-permission')
    const link = at.newest().getByRole('link', { name: 'Allow playlists' })
    const [pages] = await Promise.all([chromium.context.waitForEvent('page'), link.click()])
    await pages.getByText('You asked for a playlist in Discord').waitFor()
    await at.picture('playlist-link', pages)
    await pages.getByRole('button', { name: 'Continue with Discord' }).click()
    await pages.getByRole('button', { name: 'Authorize' }).click()
    await at.picture('playlist-confirm', pages)
    await pages.getByRole('button', { name: 'Continue to Spotify' }).click()
    await pages.getByRole('button', { name: 'Agree' }).click()
    await pages.getByText('My newest liked songs is in your Spotify').waitFor()
    await at.picture('playlist-linked', pages)
    await pages.close()
    await made('My newest liked songs', 100).waitFor()
    await at.newest().getByRole('link', { name: 'OPEN SPOTIFY' }).waitFor()
    expect(items()).toEqual([tracksOf(ana, 100)])
    await at.picture('playlist-made')
  })

  test('a thousand songs are announced before, and made with a press', async () => {
    await at.type('/liked playlist count:1000')
    await at.newest().getByText('requests to Spotify').waitFor()
    await at.picture('playlist-announced')
    await at.newest().getByRole('button', { name: 'Make the playlist' }).click()
    await at.newest().getByText('1,000 songs.').waitFor()
    expect(items()).toEqual([tracksOf(ana, 1000)])
    await at.picture('playlist-updated')
  })

  test('at phone width, with the keyboard alone, a search becomes one, which she finds updated at the next press', async () => {
    await chat.setViewportSize({ width: 390, height: 844 })
    await at.type('/liked search query:rain private:True')
    const button = chat.getByRole('article').getByRole('button', { name: 'Make a playlist' }).last()
    await button.waitFor()
    await button.focus()
    await chat.keyboard.press('Enter')
    await at.newest().getByText('Liked songs: rain').waitFor()
    await chat.screenshot({ path: 'test/screenshots/playlist-search-phone.png' })
    expect(items()).toHaveLength(2)
    await expect.poll(() => button.getAttribute('aria-busy')).toBeNull()
    await button.focus()
    await chat.keyboard.press('Enter')
    await at
      .newest()
      .getByText(/^Updated/)
      .waitFor()
    expect(items()).toHaveLength(2)
    await chat.setViewportSize({ width: 1280, height: 800 })
  })

  test('More… under her list has it too, and what fails half way is said', async () => {
    await at.type('/liked recent private:True')
    await at.newest().getByText('Page 1 of 312').waitFor()
    const select = at.newest().getByRole('combobox', { name: 'More…' }).or(at.newest().locator('select')).last()
    await select.selectOption({ label: 'A playlist of my newest liked songs' })
    await at.newest().getByText('Updated').waitFor()
    await at.picture('playlist-more')
    world.spotify.script(/POST .*\/items/, { status: 429, headers: { 'retry-after': '40' }, body: {} })
    await at.type('/liked playlist count:150')
    await at.newest().getByText('has 100 songs so far').waitFor()
    await at.picture('playlist-half-way')
  })

  const made = (name: string, count: number) =>
    at.newest().getByText(`Made ${name} in your Spotify, with ${count} songs. Only you can see it.`)
  const items = () => world.spotify.playlists.map((playlist) => playlist.items)
})
