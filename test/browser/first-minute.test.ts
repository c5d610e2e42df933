import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { run } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Log } from '../../src/log.ts'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startSandbox } from '../world/sandbox.ts'
import { createPlayer } from '../world/world.ts'

describe.skipIf(withoutChromium())('Ana’s first minute at the sandbox page', () => {
  let sandbox: Sandbox
  let chromium: Chromium
  let chat: Page
  let at: ChatPage
  let running: Promise<void>
  const stop = new AbortController()
  const errors: string[] = []
  /** Until this resolves, a program that was ended does not start again. */
  let mayStart: Promise<unknown> = Promise.resolve()

  beforeAll(async () => {
    sandbox = await startSandbox({ restarts: true })
    const silent = (): void => undefined
    const keep = (_details: unknown, message = ''): void => void errors.push(message)
    const log = { debug: silent, info: silent, warn: silent, error: keep, fatal: keep } as Log
    running = sandbox.keepRunning(async (signal) => {
      await mayStart
      await run(readConfig(sandbox.env), log, signal)
    }, stop.signal)
    await sandbox.discord.ready(60_000)
    await createPlayer(sandbox, 'ana').links()
    await createPlayer(sandbox, 'ben').links()
    chromium = await openChromium({ viewport: { width: 1280, height: 800 } })
    ;({ chat, at } = await openChatPage(chromium, sandbox.url))
    await at.as('Ana')
  })
  afterAll(async () => {
    await chromium?.close()
    stop.abort()
    await running
    await sandbox.close()
    const { discord, spotify } = sandbox
    expect({ errors, discord: discord.surprises, spotify: spotify.surprises }).toEqual({
      errors: [],
      discord: [],
      spotify: [],
    })
  })

  test('a slash offers /link first, in the order of /help', async () => {
    await at.type('/help')
    const listed = at.newest().locator('.formatted').getByRole('button')
    await listed.first().waitFor()
    const wanted = await listed.allTextContents()
    await line().fill('/')
    await chat.getByRole('listbox').getByRole('option').first().waitFor()
    expect(await chat.getByRole('listbox').getByRole('option').locator('b').allTextContents()).toEqual(wanted)
    expect(wanted[0]).toBe('/link')
    await line().fill('')
  })

  test('what the hint names can be clicked, and what she was writing waits', async () => {
    await line().fill('Hello everybody')
    await chat.getByRole('banner').getByRole('button', { name: '/link' }).click()
    await form('/link').getByRole('button', { name: 'Cancel' }).click()
    expect(await line().inputValue()).toBe('Hello everybody')
    await chat.getByRole('banner').getByRole('button', { name: '/liked recent' }).click()
    await form('/liked recent').getByRole('button', { name: 'Send' }).click()
    await at.newest().getByText('Page 1 of 312').waitFor()
    expect(await line().inputValue()).toBe('Hello everybody')
    await line().fill('')
  })

  test('commands in messages fill the composer, as mentions and as code; what is no command does not', async () => {
    const help = chat.getByRole('article').filter({ hasText: 'used /help' })
    await help.getByRole('button', { name: '/liked search' }).click()
    await form('/liked search').getByLabel('query').waitFor()
    await chat.keyboard.press('Escape')
    sandbox.discord.say(id('fay'), channel(0), 'Try `/roundup now` or `/nothing` or `code`')
    await at.newest().getByText('/nothing').waitFor()
    expect(await at.newest().locator('.formatted').getByRole('button').allTextContents()).toEqual(['/roundup now'])
    await at.newest().getByRole('button', { name: '/roundup now' }).click()
    await form('/roundup now').waitFor()
    await chat.keyboard.press('Escape')
  })

  test('a post in another channel is marked, announced once, and read when she goes there', async () => {
    const general = chat.getByRole('button', { name: 'general' })
    sandbox.discord.say(id('ana'), channel(1), 'My own line')
    sandbox.discord.say(id('fay'), channel(0), 'Here')
    await at.newest().getByText('Here').waitFor()
    expect(await general.textContent()).toBe('#general')
    sandbox.discord.say(id('fay'), channel(1), 'Over there')
    await chat.getByRole('button', { name: 'general (new)' }).waitFor()
    await chat.getByRole('status').getByText('New in #general.').waitFor({ state: 'attached' })
    await at.picture('unread')
    await general.click()
    await at.newest().getByText('Over there').waitFor()
    expect(await general.textContent()).toBe('#general')
    await chat.getByRole('button', { name: 'music' }).click()
    await at.newest().getByText('Here').waitFor()
    expect(await general.textContent()).toBe('#general')
  })

  test('Hearsay is restarted: a press in between fails, and then the old button works', async () => {
    const before = sandbox.discord.identified.length
    let start = (): void => undefined
    mayStart = new Promise<void>((resolve) => (start = resolve))
    await chat.getByRole('button', { name: 'Restart Hearsay' }).click()
    const away = chat.getByRole('status').getByText('Hearsay is away.')
    await away.waitFor()
    await list().getByRole('button', { name: 'Next', exact: true }).click()
    await list().getByText('This interaction failed. The application did not respond.').waitFor()
    await at.picture('away')
    sandbox.discord.say(id('fay'), channel(0), 'The chat goes on')
    await at.newest().getByText('The chat goes on').waitFor()

    start()
    await away.waitFor({ state: 'detached' })
    await list().getByRole('button', { name: 'Next', exact: true }).click()
    await list().getByText('Page 2 of 312').waitFor()
    expect(sandbox.discord.identified.length).toBe(before + 1)
    await chat.getByText('Hearsay has ended and starts again.').waitFor()
  })

  test('Ben’s question is shown as a reply, which leads him to what it is about and tells nobody else', async () => {
    await at.as('Ben')
    await at.type('/liked recent member:@Ana')
    await at.newest().getByRole('button', { name: /^Ask/ }).click()
    const reply = at.newest().getByRole('button', { name: 'In reply to Hearsay' })
    // What refused him has become the news of his question.
    const asked = "I asked @Ana. You'll see the answer here."
    await reply.getByText(asked).waitFor()
    await at.picture('reply')
    await reply.click()
    await expect.poll(() => chat.locator('article:focus .formatted').innerText()).toBe(asked)
    await at.as('Ana')
    await at.newest().getByText('Original message could not be loaded.').waitFor()
  })

  const line = (): Locator => chat.getByLabel('Message #music')
  const form = (command: string): Locator => chat.getByRole('form', { name: command })
  const list = (): Locator => chat.getByRole('article').filter({ hasText: 'of 312' }).last()
  const channel = (index: number): string => sandbox.discord.channels[index]?.id ?? ''
  const id = (username: string): string =>
    sandbox.discord.people.find((person) => person.username === username)?.id ?? ''
})
