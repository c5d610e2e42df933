import { mkdirSync } from 'node:fs'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../sandbox/start.ts'
import { chromiumInstalled, openChromium } from '../world/chromium.ts'
import { startProgram, type Program } from '../world/process.ts'

// Where Chromium is missing this is skipped, except on the machine that has to prove everything.
const here = chromiumInstalled() || process.env['CI']
const screenshots = 'test/screenshots'

describe.skipIf(!here)('a stranger at the sandbox page, in a real browser', () => {
  let sandbox: Sandbox
  let program: Program
  let chromium: Browser
  let context: BrowserContext
  let chat: Page
  const complaints: string[] = []

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true })
    sandbox = await startSandbox({ port: 0 })
    program = await startProgram(sandbox)
    chromium = await openChromium()
    context = await chromium.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' })
    context.on('weberror', (error) => complaints.push(String(error.error())))
    context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    chat = await context.newPage()
    await chat.goto(sandbox.url)
  })
  afterAll(async () => {
    await chromium.close()
    await program.kill()
    await sandbox.close()
    expect({ complaints, discord: sandbox.discord.surprises, spotify: sandbox.spotify.surprises }).toEqual({
      complaints: [],
      discord: [],
      spotify: [],
    })
  })

  test('links as Ana through the real pages', async () => {
    await as('Ana')
    await type('/link')
    const link = newest().getByRole('link', { name: 'Link Spotify' })
    const [pages] = await Promise.all([context.waitForEvent('page'), link.click()])
    await pages.getByRole('button', { name: 'Continue with Discord' }).waitFor()
    await picture(pages, 'link-start')
    await pages.getByRole('button', { name: 'Continue with Discord' }).click()
    await pages.getByRole('button', { name: 'Authorize' }).click()
    await pages.getByRole('heading', { name: '@ana' }).waitFor()
    await picture(pages, 'link-confirm')
    await pages.getByRole('button', { name: 'Continue to Spotify' }).click()
    await pages.getByRole('button', { name: 'Agree' }).click()
    await pages.getByRole('heading', { name: 'Linked as' }).waitFor()
    await picture(pages, 'link-done')
    await pages.close()
    await newest().getByText('Linked as').waitFor()
  })

  test('shows liked songs and turns the pages', async () => {
    await type('/liked recent')
    await newest().getByText('Page 1 of 312').waitFor()
    await newest().getByRole('button', { name: 'Next', exact: true }).click()
    await newest().getByText('Page 2 of 312').waitFor()
    await newest().getByRole('button', { name: '2 / 312', exact: true }).click()
    await chat.getByLabel('Page number').fill('40')
    await chat.getByRole('dialog').getByRole('button', { name: 'Submit' }).click()
    await newest().getByText('Page 40 of 312').waitFor()
    await picture(chat, 'chat')
  })

  test('turns the page on after the program was killed and started again', async () => {
    await program.kill()
    program = await startProgram(sandbox)
    await newest().getByRole('button', { name: 'Previous', exact: true }).click()
    await newest().getByText('Page 39 of 312').waitFor()
  })

  test('is told, as Ben, that the page is not his to turn, where only he sees it', async () => {
    await as('Ben')
    await newest().getByRole('button', { name: 'Next', exact: true }).click()
    await newest().getByText('Only you can see this').waitFor()
    await as('Ana')
    await newest().getByText('Page 39 of 312').waitFor()
  })

  test('unlinks, and the page stops turning', async () => {
    await type('/unlink')
    await newest().getByRole('button', { name: 'Unlink', exact: true }).click()
    await newest().getByText('are deleted').waitFor()
    await picture(chat, 'unlinked')
  })

  async function as(name: string): Promise<void> {
    await chat.getByRole('button', { name, exact: true }).click()
  }

  async function type(line: string): Promise<void> {
    const composer = chat.getByLabel('Message #music')
    await composer.fill(line)
    await composer.press('Enter')
    await newest().getByText(line).waitFor()
  }

  function newest(): Locator {
    return chat.getByRole('article').last()
  }

  async function picture(page: Page, name: string): Promise<void> {
    await page.bringToFront()
    await page.screenshot({ path: `${screenshots}/${name}.png` })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.screenshot({ path: `${screenshots}/${name}-phone.png` })
    await page.setViewportSize({ width: 1280, height: 800 })
  }
})
