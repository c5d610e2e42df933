import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { takeOverClock } from '../../sandbox/clock.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { runInSandbox } from '../world/program-here.ts'
import { createPlayer } from '../world/world.ts'

describe.skipIf(withoutChromium())('a week of roundups in #general, in a real browser', () => {
  const { Date: realDate } = globalThis
  let sandbox: Sandbox
  let program: Awaited<ReturnType<typeof runInSandbox>>
  let chromium: Chromium
  let chat: Page
  let at: ChatPage
  const complaints: string[] = []

  beforeAll(async () => {
    // A Wednesday: what people liked in the last days is what Friday's roundup shows.
    takeOverClock(Date.UTC(2026, 10, 25, 16, 20))
    sandbox = await startSandbox({ friday: true })
    program = await runInSandbox(sandbox)
    await createPlayer(sandbox, 'ana').links()
    await createPlayer(sandbox, 'ben').links()
    chromium = await openChromium({ viewport: { width: 1280, height: 800 } })
    chromium.context.on('weberror', (error) => complaints.push(String(error.error())))
    chromium.context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    ;({ chat, at } = await openChatPage(chromium, sandbox.url))
  })
  afterAll(async () => {
    await chromium?.close()
    await program?.terminate()
    await sandbox?.close()
    globalThis.Date = realDate
    expect({ complaints, discord: sandbox.discord.surprises, spotify: sandbox.spotify.surprises }).toEqual({
      complaints: [],
      discord: [],
      spotify: [],
    })
  })

  test('Ana and Ben join the roundups, in which others are already', async () => {
    await goTo('roundups')
    await at.newest().getByText('The roundup comes on Friday at six').waitFor()
    await goTo('music')
    for (const name of ['Ben', 'Ana']) {
      await at.as(name)
      await at.type('/roundup join')
      await at.newest().getByText('What a roundup would show of you today').waitFor()
      if (name === 'Ana') await at.picture('roundup-join')
      await at.newest().getByRole('button', { name: /^Join/ }).click()
      await at.newest().getByText('You joined.').waitFor()
    }
  })

  test('Ana, who manages the server, schedules one in #general and sees what it would post now', async () => {
    await at.type('/roundup schedule channel:#general weekday:Friday hour:18 timezone:UTC')
    const good = at.newest().getByRole('button', { name: 'Looks good' })
    await good.waitFor()
    await at.newest().getByText('Every Friday at 18:00').waitFor()
    await at.newest().getByText('What was saved here').waitFor()
    await at.picture('roundup-preview')
    await good.click()
    await good.waitFor({ state: 'detached' })
    await at.newest().getByText('Every Friday at 18:00').waitFor()
    await at.picture('roundup-scheduled')
    await at.type('/roundup status')
    await at.newest().getByText('5 members are in the roundups').waitFor()
    await at.picture('roundup-status')
  })

  test('on Friday at six it is posted, and its pages turn', async () => {
    await chat.getByRole('button', { name: 'It is Friday, six o’clock now' }).click()
    await goTo('general (new)')
    await post().getByText('What was saved here').waitFor()
    await at.picture('roundup-post')
    await post().evaluate((element) => element.scrollIntoView({ block: 'start' }))
    await at.picture('roundup-post-top')
    await button('Next').click()
    await post().getByText('Page 2 of').waitFor()
    await at.picture('roundup-post-next')
    await button('First').click()
    await post().getByText('Page 1 of').waitFor()
  })

  test('Ben sees all that Emil saved, each song once, page by page, while the post stays where it was', async () => {
    await at.as('Ben')
    const seeAll = post()
      .locator('.section', { hasText: '@Emil' })
      .getByRole('button', { name: /^See all/ })
    const count = Number(/\d+/.exec(await seeAll.innerText())?.[0])
    await seeAll.click()
    const part = at.newest()
    await part.getByText('Only you can see this').waitFor()
    await part.getByText(`@Emil · ${count} songs`).waitFor()
    await at.picture('roundup-see-all')
    const pages = Math.ceil(count / 10)
    const songs = new Set<string>()
    for (let page = 1; page <= pages; page += 1) {
      await part.getByText(`Page ${page} of ${pages}`).waitFor()
      for (const song of await part.getByRole('link').all()) songs.add((await song.getAttribute('href')) ?? '')
      if (page < pages) await part.getByRole('button', { name: 'Next', exact: true }).click()
    }
    expect(songs.size).toBe(count)
    expect(await part.getByRole('button', { name: 'Next', exact: true }).isDisabled()).toBe(true)
    await post().getByText('Page 1 of').waitFor()
  })

  test('Ben leaves, and his songs go from the post', async () => {
    await post().getByText('@Ben').first().waitFor()
    await goTo('music')
    await at.type('/roundup leave')
    await at.newest().getByText('You left.').waitFor()
    await goTo('general')
    await post().getByText('@Ben').first().waitFor({ state: 'detached' })
    await post().getByText('@Chiyo').first().waitFor()
    await at.picture('roundup-post-left')
  })

  test('Ana removes Emil, who is told with his next command', async () => {
    await at.as('Ana')
    await goTo('music')
    await at.type('/roundup remove member:@Emil block:true')
    await at.newest().getByText('I removed @Emil').waitFor()
    await at.picture('roundup-removed')
    await goTo('general')
    await post().getByText('@Emil').first().waitFor({ state: 'detached' })
    await post().getByText('@Chiyo').first().waitFor()
    await at.picture('roundup-post-removed')

    await at.as('Emil')
    await goTo('music')
    await enters('/account status')
    await at.newest().getByText('A manager removed you from the roundups of The Listening Room.').waitFor()
    await at.picture('roundup-removed-told')
    await at.type('/help')
    await at.newest().getByText('Only you can see this').waitFor()
    expect(await chat.getByText('A manager removed you').count()).toBe(1)
  })

  test('Emil, who was blocked as well, cannot join again', async () => {
    await at.type('/roundup join')
    await at.newest().getByText("so you can't join them").waitFor()
    expect(await at.newest().getByRole('button', { name: /^Join/ }).count()).toBe(0)
    await at.picture('roundup-blocked')
  })

  test('Ana is told in a direct message before her connection ends, and turns that off there', async () => {
    await at.as('Ana')
    await chat.getByRole('button', { name: /days before the end$/ }).click()
    await chat
      .getByRole('status')
      .getByText(/^New in (?:.*, )?@Hearsay\.$/)
      .waitFor({ state: 'attached' })
    const directs = chat.getByRole('region', { name: 'Direct messages' })
    await directs.getByRole('button', { name: 'Hearsay (new)', exact: true }).focus()
    await chat.keyboard.press('Enter')
    await chat.getByLabel('Message @Hearsay').waitFor()
    await at.newest().getByText('Your Spotify connection ends on').waitFor()
    await at.newest().getByRole('link', { name: 'Renew connection' }).waitFor()
    await expect
      .poll(() => directs.getByRole('button', { name: 'Hearsay', exact: true }).and(focused()).count())
      .toBe(1)
    await at.picture('reminder')
    await at.newest().getByRole('button', { name: 'Turn off reminders' }).click()
    await at.newest().getByText('Reminders are off').waitFor()
    await at.newest().getByRole('button', { name: 'Turn on reminders' }).waitFor()
    await chat.getByLabel('Message @Hearsay').fill('/roundup')
    await chat.getByText('There is no such command.').waitFor()
    await chat.getByLabel('Message @Hearsay').fill('')
    await at.as('Ben')
    await chat.getByLabel('Message #music').waitFor()
    expect(await directs.count()).toBe(0)
  })

  const focused = (): Locator => chat.locator(':focus')
  const post = (): Locator => chat.getByRole('article').filter({ hasText: 'What was saved here' }).first()
  const button = (name: string): Locator => post().getByRole('button', { name, exact: true })

  async function goTo(channel: string): Promise<void> {
    await chat.getByRole('navigation').getByRole('button', { name: channel, exact: true }).click()
    await chat.getByLabel(`Message #${channel.split(' ')[0]}`).waitFor()
  }

  /** Without waiting for the answer, below which something else comes. */
  async function enters(line: string): Promise<void> {
    await chat.getByLabel('Message #music').fill(line)
    await chat.keyboard.press('Enter')
  }
})
