import type { Locator, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startWorld, type World } from '../world/world.ts'

describe.skipIf(withoutChromium())('Ben at the sandbox page, whose requests fail', () => {
  let world: World
  let chromium: Chromium
  let chat: Page
  let at: ChatPage

  beforeAll(async () => {
    world = await startWorld()
    await world.person('ben').links()
    chromium = await openChromium()
    ;({ chat, at } = await openChatPage(chromium, world.url))
    await at.as('Ben')
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  const failures: readonly [string, (route: Route) => Promise<void>][] = [
    ['is cut', (route) => route.abort()],
    [
      'is a page of somebody else',
      (route) => route.fulfill({ body: '<h1>Bad gateway</h1>', contentType: 'text/html' }),
    ],
    ['is an error', (route) => route.fulfill({ status: 500, json: { error: 'That could not be read.' } })],
    ['is a refusal', (route) => route.fulfill({ status: 403, json: { error: 'Open this page elsewhere.' } })],
  ]
  test.for(failures)('stays Ben when what is shown %s, and the page goes on', async ([, fail]) => {
    await chat.route('**/api/state*', fail)
    world.discord.say(world.person('fay').id, channel(), 'While it failed')
    await gone().waitFor()
    await chat.unroute('**/api/state*')
    await gone().waitFor({ state: 'hidden' })
    await at.newest().getByText('While it failed').waitFor()
    expect(await chat.locator('.people [aria-pressed="true"] b').textContent()).toBe('Ben')
    expect(await chat.evaluate('document.cookie')).toBe(`sandbox_person=${world.person('ben').id}`)
    world.discord.say(world.person('gus').id, channel(), 'A line in between')
  })

  test('stays Ben when nothing is told of changes any more, and hears of them again', async () => {
    await chat.route('**/api/events', (route) => route.abort())
    await chat.reload()
    await gone().waitFor()
    await chat.unroute('**/api/events')
    await gone().waitFor({ state: 'hidden' })
    world.discord.say(world.person('fay').id, channel(), 'Heard of it')
    await at.newest().getByText('Heard of it').waitFor()
    expect(await chat.locator('.people [aria-pressed="true"] b').textContent()).toBe('Ben')
  })

  test('a line that was not sent is back, and the notice goes when things work again', async () => {
    await failOnce('say')
    await line().fill('A long thought')
    await line().press('Enter')
    await notice().waitFor()
    await expect.poll(() => line().inputValue()).toBe('A long thought')
    await notice().waitFor({ state: 'hidden' })
    expect(await line().inputValue()).toBe('A long thought')
    await line().press('Enter')
    await at.newest().getByText('A long thought').waitFor()
    expect(await line().inputValue()).toBe('')
  })

  test('a command that was not sent is back with its options', async () => {
    await failOnce('use')
    await line().fill('/liked search query:fox')
    await line().press('Enter')
    const query = chat.getByRole('form', { name: '/liked search' }).getByLabel('query')
    await expect.poll(() => query.inputValue()).toBe('fox')
    await query.press('Escape')
    await chat.keyboard.press('Escape')
  })

  test('a dialog that was not sent is back with what was typed', async () => {
    await line().fill('/liked recent')
    await line().press('Enter')
    await at.newest().getByText('Page 1 of 5').waitFor()
    await at.newest().getByRole('button', { name: '1 / 5', exact: true }).click()
    const dialog = chat.getByRole('dialog')
    await dialog.getByRole('textbox').fill('3')
    await failOnce('submit')
    await dialog.getByRole('button', { name: 'Submit' }).click()
    await notice().waitFor({ state: 'attached' })
    await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe('3')
    await dialog.getByRole('button', { name: 'Submit' }).click()
    await at.newest().getByText('Page 3 of 5').waitFor()
  })

  /** The next of these requests is cut, and no other one. */
  function failOnce(action: string): Promise<unknown> {
    return chat.route(`**/api/${action}`, (route) => route.abort(), { times: 1 })
  }
  const gone = (): Locator => chat.getByText('The sandbox does not answer. This page goes on')
  const notice = (): Locator => chat.getByText('nothing that you wrote is lost')
  const line = (): Locator => chat.getByLabel('Message #music')
  const channel = (): string => world.discord.channels[0]?.id ?? ''
})
