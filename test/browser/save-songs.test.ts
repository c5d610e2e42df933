import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startWorld, type World } from '../world/world.ts'

describe.skipIf(withoutChromium())('Ana saves what Ben has posted, in a real browser', () => {
  let world: World
  let chromium: Chromium
  let chat: Page
  let at: ChatPage
  let ids: string[]

  beforeAll(async () => {
    world = await startWorld()
    await world.person('ana').links()
    const hers = new Set(ana().library.map(({ song }) => song?.id))
    const songs = world.spotify.account('ben-spotify').library.flatMap(({ song }) => song ?? [])
    ids = songs.flatMap(({ id }) => (hers.has(id) ? [] : id)).slice(0, 3)
    chromium = await openChromium({ viewport: { width: 1280, height: 800 } })
    ;({ chat, at } = await openChatPage(chromium, world.url))
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('Ben posts three songs, and Ana opens the menu on them with the mouse', async () => {
    await at.as('Ben')
    await chat.getByLabel('Message #music').fill(`Hear these: ${ids.map(addressOf).join(' ')}`)
    await chat.keyboard.press('Enter')
    await posted().getByText('Hear these').waitFor()
    await at.as('Ana')
    await posted().hover()
    await posted().getByRole('button', { name: 'Apps for this message' }).click()
    await menu().waitFor()
    await at.picture('message-menu')
    await menu().getByRole('menuitem', { name: 'Save songs' }).click()
    await at.newest().getByText('3 songs in this message').waitFor()
    await at.newest().getByText('Only you can see this').waitFor()
    await at.picture('save-songs')
  })

  test('she saves all of them once she has allowed that on Spotify, and takes them back', async () => {
    await at.newest().getByRole('button', { name: 'Save all (3)' }).click()
    const link = at.newest().getByRole('link', { name: 'Allow saving' })
    const [pages] = await Promise.all([chromium.context.waitForEvent('page'), link.click()])
    await pages.getByRole('button', { name: 'Continue with Discord' }).click()
    await pages.getByRole('button', { name: 'Authorize' }).click()
    await pages.getByRole('button', { name: 'Continue to Spotify' }).click()
    await pages.getByRole('button', { name: 'Agree' }).click()
    await pages.getByText('Saved 3 songs to your liked songs').waitFor()
    await at.picture('save-songs-linked', pages)
    await pages.close()
    await at.newest().getByText('Saved 3 songs to your liked songs.').waitFor()
    expect(liked()).toEqual([true, true, true])
    await at.picture('save-songs-done')
    await at.newest().getByRole('button', { name: 'Undo' }).click()
    await at.newest().getByText('Undone: these 3 songs are no longer among your liked songs.').waitFor()
    expect(liked()).toEqual([false, false, false])
    await at.picture('save-songs-undone')
  })

  test('with the keyboard alone, and at phone width, she saves one', async () => {
    await chat.setViewportSize({ width: 390, height: 844 })
    await posted().getByRole('button', { name: 'Apps for this message' }).focus()
    await chat.keyboard.press('Enter')
    await menu().waitFor()
    await chat.keyboard.press('Escape')
    await menu().waitFor({ state: 'hidden' })
    await chat.keyboard.press('Enter')
    await chat.keyboard.press('Enter')
    await at.newest().getByText('3 songs in this message').waitFor()
    await at.newest().getByRole('checkbox').first().check()
    await at.newest().getByRole('button', { name: 'Choose these' }).click()
    await at.newest().getByText('to your liked songs').waitFor()
    expect(liked()).toEqual([true, false, false])
    await chat.setViewportSize({ width: 1280, height: 800 })
  })

  test('a right click opens it as well, and what she forwards has songs too', async () => {
    world.discord.forward(person('ana'), channel(), newestOf('Hear these'))
    const forwarded = chat.getByRole('article').filter({ hasText: 'Forwarded' })
    await forwarded.getByText('Forwarded').click({ button: 'right' })
    await at.picture('message-forwarded')
    await menu().getByRole('menuitem', { name: 'Save songs' }).click()
    await at.newest().getByText('3 songs in this message').waitFor()
  })

  const posted = () => chat.getByRole('article').filter({ hasText: 'Hear these' }).first()
  const menu = () => chat.getByRole('menu', { name: 'Apps for this message' })
  const ana = () => world.spotify.account('ana-spotify')
  const addressOf = (id: string) => `https://open.spotify.com/track/${id}`
  const liked = () => ids.map((id) => ana().library.some(({ song }) => song?.id === id))
  const channel = () => world.discord.channels[0]?.id ?? ''
  const person = (name: string) => world.discord.people.find(({ username }) => username === name)?.id ?? ''
  const newestOf = (said: string) =>
    world.discord.messages(channel(), person('ana')).find(({ content }) => content.includes(said))?.id ?? ''
})
