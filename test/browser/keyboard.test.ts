import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startWorld, type World } from '../world/world.ts'

describe.skipIf(withoutChromium())('Ana at the sandbox page without a mouse', () => {
  let world: World
  let chromium: Chromium
  let chat: Page
  let at: ChatPage

  beforeAll(async () => {
    world = await startWorld()
    await world.person('ana').links()
    chromium = await openChromium({ viewport: { width: 1280, height: 800 } })
    ;({ chat, at } = await openChatPage(chromium, world.url))
    await at.newest().waitFor()
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('the first steps lead past the people to the messages and to the message box', async () => {
    await chat.keyboard.press('Tab')
    await focusIs(chat.getByRole('link', { name: 'Skip to the messages' }))
    await chat.keyboard.press('Enter')
    await focusIs(chat.getByRole('log'))
    await chat.reload()
    await at.newest().waitFor()
    for (const step of [1, 2]) await chat.keyboard.press('Tab', { delay: step })
    await focusIs(chat.getByRole('link', { name: 'Skip to the message box' }))
    expect((await chat.locator(':focus').boundingBox())?.height).toBeGreaterThan(24)
    await chat.keyboard.press('Enter')
    await chat.keyboard.press('Tab')
    await focusIs(chat.getByLabel('Message #music'))
  })

  test('a button keeps the keyboard when its message changes, also when it is disabled by that', async () => {
    await at.type('/liked recent')
    await button('Next').focus()
    await chat.keyboard.press('Enter')
    await at.newest().getByText('Page 2 of 312').waitFor()
    await focusIs(button('Next'))
    await button('First').focus()
    await chat.keyboard.press('Enter')
    await at.newest().getByText('Page 1 of 312').waitFor()
    await expect.poll(() => chat.locator('article:last-child :focus').count()).toBe(1)
  })

  test('a closed dialog gives the keyboard back to its button', async () => {
    await button('1 / 312').focus()
    await chat.keyboard.press('Enter')
    await chat.getByRole('dialog').waitFor()
    await chat.keyboard.press('Escape')
    await focusIs(button('1 / 312'))
  })

  test('a dismissed message leaves the keyboard with the messages, a closed notice too', async () => {
    await at.type('/account export')
    await at.newest().locator('.attachment').waitFor()
    await button('Dismiss message').focus()
    const dismissed = await at.newest().getAttribute('data-message-id')
    await chat.keyboard.press('Enter')
    await chat.locator(`[data-message-id="${dismissed}"]`).waitFor({ state: 'detached' })
    await focusIs(chat.getByRole('log'))
    await chat.getByLabel('Message #music').fill('/nothing at all')
    await chat.keyboard.press('Enter')
    await chat.getByRole('button', { name: 'Close' }).focus()
    await chat.keyboard.press('Enter')
    await focusIs(chat.getByRole('log'))
    await chat.getByLabel('Message #music').fill('')
  })

  test('a person, their menu and a channel keep it when the lists are drawn anew', async () => {
    const apps = chat.getByRole('navigation').getByRole('button', { name: 'Apps for Ben' })
    await apps.focus()
    world.discord.leave(world.person('gus').id)
    world.discord.say(world.person('fay').id, world.discord.channels[1]?.id ?? '', 'Over there')
    await chat.getByRole('button', { name: 'general (new)' }).waitFor()
    await focusIs(apps)
    await chat.keyboard.press('Enter')
    await chat.getByRole('menu').waitFor()
    world.discord.comeBack(world.person('gus').id)
    world.discord.say(world.person('fay').id, world.discord.channels[2]?.id ?? '', 'And there')
    await chat.getByRole('button', { name: 'roundups (new)' }).waitFor()
    await chat.keyboard.press('Escape')
    await chat.getByRole('menu').waitFor({ state: 'hidden' })
    await focusIs(apps)
    await chat.getByRole('button', { name: 'general (new)' }).focus()
    await chat.keyboard.press('Enter')
    await at.newest().getByText('Over there').waitFor()
    await focusIs(chat.getByRole('button', { name: 'general' }))
    await chat.getByRole('button', { name: 'music' }).click()
  })

  test('the panel over a phone’s chat keeps it, and gives it back to the button that opened it', async () => {
    await chat.setViewportSize({ width: 390, height: 844 })
    const toggle = chat.getByRole('button', { name: 'Sandbox' })
    await expect.poll(() => toggle.getAttribute('aria-expanded')).toBe('false')
    await toggle.focus()
    await chat.keyboard.press('Enter')
    await chat.keyboard.press('Tab')
    await focusIs(chat.getByRole('button', { name: 'Like a song now' }))
    await chat.keyboard.press('Escape')
    await focusIs(toggle)
    await chat.setViewportSize({ width: 1280, height: 800 })
  })

  test('links in messages are underlined', async () => {
    const links = at.newest().locator('.embed a')
    expect(await links.count()).toBeGreaterThan(9)
    const lines = await links.evaluateAll((all) =>
      all.map((link) => link.ownerDocument.defaultView?.getComputedStyle(link).textDecorationLine),
    )
    expect(new Set(lines)).toEqual(new Set(['underline']))
  })

  const button = (name: string): Locator => at.newest().getByRole('button', { name, exact: true })

  async function focusIs(wanted: Locator): Promise<void> {
    await expect.poll(() => wanted.and(chat.locator(':focus')).count()).toBe(1)
  }
})
