import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startProgram, type Program } from '../world/process.ts'

// Where Chromium is missing this is skipped, except on the machine that has to prove everything.

describe.skipIf(withoutChromium())('a stranger at the sandbox page, in a real browser', () => {
  let sandbox: Sandbox
  let program: Program
  let chromium: Chromium
  let chat: Page
  let at: ChatPage
  const complaints: string[] = []

  beforeAll(async () => {
    sandbox = await startSandbox()
    program = await startProgram(sandbox)
    chromium = await openChromium({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' })
    chromium.context.on('weberror', (error) => complaints.push(String(error.error())))
    chromium.context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    ;({ chat, at } = await openChatPage(chromium, sandbox.url))
  })
  afterAll(async () => {
    await chromium?.close()
    await program?.kill()
    await sandbox.close()
    expect({ complaints, discord: sandbox.discord.surprises, spotify: sandbox.spotify.surprises }).toEqual({
      complaints: [],
      discord: [],
      spotify: [],
    })
  })

  test('links as Ana through the real pages', async () => {
    await at.as('Ana')
    await at.type('/link')
    const link = at.newest().getByRole('link', { name: 'Link Spotify' })
    const [pages] = await Promise.all([chromium.context.waitForEvent('page'), link.click()])
    await pages.getByRole('button', { name: 'Continue with Discord' }).waitFor()
    await at.picture('link-start', pages)
    await pages.getByRole('button', { name: 'Continue with Discord' }).click()
    await pages.getByRole('button', { name: 'Authorize' }).click()
    await pages.getByRole('heading', { name: '@ana' }).waitFor()
    await at.picture('link-confirm', pages)
    await pages.getByRole('button', { name: 'Continue to Spotify' }).click()
    await pages.getByRole('button', { name: 'Agree' }).click()
    await pages.getByRole('heading', { name: 'Linked as' }).waitFor()
    await at.picture('link-done', pages)
    await pages.close()
    await at.newest().getByText('Linked as').waitFor()
  })

  test('shows liked songs and turns the pages', async () => {
    await at.type('/liked recent')
    await at.newest().getByText('Page 1 of 312').waitFor()
    await at.newest().getByRole('button', { name: 'Next', exact: true }).click()
    await at.newest().getByText('Page 2 of 312').waitFor()
    await at.newest().getByRole('button', { name: '2 / 312', exact: true }).click()
    await chat.getByLabel('Page, 1 to 312').fill('40')
    await chat.getByRole('dialog').getByRole('button', { name: 'Submit' }).click()
    await at.newest().getByText('Page 40 of 312').waitFor()
    await at.picture('chat')
  })

  test('turns the page on after the program was killed and started again', async () => {
    await program.kill()
    program = await startProgram(sandbox)
    await at.newest().getByRole('button', { name: 'Previous', exact: true }).click()
    await at.newest().getByText('Page 39 of 312').waitFor()
  })

  test('is told, as Ben, that the page is not his to turn, where only he sees it', async () => {
    await at.as('Ben')
    await at.newest().getByRole('button', { name: 'Next', exact: true }).click()
    await at.newest().getByText('Only you can see this').waitFor()
    await at.as('Ana')
    await at.newest().getByText('Page 39 of 312').waitFor()
  })

  test('draws one song after the other, each with its cover and a description of it', async () => {
    await at.type('/liked random')
    const cover = at.newest().getByRole('img', { name: /^Cover of / })
    await cover.waitFor()
    const first = await cover.getAttribute('alt')
    await at.picture('random')
    await at.newest().getByRole('button', { name: 'Another', exact: true }).click()
    await expect.poll(() => cover.getAttribute('alt')).not.toBe(first)
    expect(await at.newest().getByRole('link', { name: 'OPEN SPOTIFY' }).getAttribute('href')).toMatch(
      /\/track\/\w{22}$/,
    )
  })

  test('unlinks, and the page stops turning', async () => {
    await at.type('/unlink')
    await at.newest().getByRole('button', { name: 'Unlink', exact: true }).click()
    await at.newest().getByText('are deleted').waitFor()
    await at.picture('unlinked')
  })
})
