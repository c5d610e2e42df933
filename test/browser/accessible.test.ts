import { readFileSync } from 'node:fs'
import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChatPage, type ChatPage } from '../world/chat-page.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { startWorld, type World } from '../world/world.ts'

/** A script for the browser itself. */
const layout = readFileSync('test/browser/layout.js', 'utf8')

const desktop = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }
const smallPhone = { width: 360, height: 640 }
/** A desktop window at 200 %. */
const enlarged = { width: 640, height: 400 }

describe.skipIf(withoutChromium())('the sandbox’s pages, for everybody', () => {
  let world: World
  let chromium: Chromium
  let chat: Page
  let at: ChatPage

  beforeAll(async () => {
    world = await startWorld()
    await world.person('ana').links()
    await world.person('ben').links()
    chromium = await openChromium({ viewport: desktop })
    ;({ chat, at } = await openChatPage(chromium, world.url))
    await at.as('Ana')
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('the page as it opens, with the panel beside the chat', async () => {
    await at.newest().waitFor()
    expect(await faultsOf(chat)).toEqual([])
  })

  test('messages of every kind', async () => {
    const everything =
      '# Title\n**b** *i* `c` `/link` ~~s~~ ||spoiler|| <https://a.example> <@1> <t:0:R>\n- x\n> q\n```\ncode\n```\n-# s'
    world.discord.say(world.person('fay').id, channel(0), everything)
    await at.type('/liked recent')
    await at.newest().getByText('Page 1 of 312').waitFor()
    await at.type('/account export')
    await at.newest().getByRole('button', { name: 'Dismiss message' }).waitFor()
    await at.as('Ben')
    await at.type('/liked recent member:@Ana')
    await at.newest().getByRole('button', { name: /^Ask/ }).click()
    await at.newest().getByRole('button', { name: 'In reply to Hearsay' }).waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await at.as('Ana')
    expect(await faultsOf(chat)).toEqual([])
  })

  test('a roundup with covers and buttons beside its songs, and all that one person saved', async () => {
    await at.type('/roundup join')
    await at.newest().getByRole('button', { name: 'Join roundups', exact: true }).click()
    await at.newest().getByRole('button', { name: 'Leave roundups' }).waitFor()
    await at.type('/roundup now days:31')
    const roundup = at.newest()
    await roundup.getByText('What was saved here').waitFor()
    expect(await roundup.getByRole('img', { name: /^Cover of / }).count()).toBeGreaterThan(0)
    await at.picture('roundup')
    expect(await faultsOf(chat)).toEqual([])
    await roundup.getByRole('button', { name: /^See all/ }).click()
    await at
      .newest()
      .getByText(/^Page 1 of \d+ · Spotify$/)
      .waitFor()
    expect(await faultsOf(chat)).toEqual([])
  })

  test('the conversation with the bot, beside the channels', async () => {
    const says = async (path: string, body: Record<string, unknown>): Promise<string> => {
      const headers = { authorization: `Bot ${world.env['DISCORD_TOKEN']}`, 'content-type': 'application/json' }
      const url = `${world.discord.apiUrl}/v10/${path}`
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      return ((await answer.json()) as { id: string }).id
    }
    const direct = await says('users/@me/channels', { recipient_id: world.person('ana').id })
    await says(`channels/${direct}/messages`, { content: 'Your connection ends soon.' })
    await chat.getByRole('button', { name: 'Hearsay (new)', exact: true }).waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await chat.getByRole('button', { name: 'Hearsay (new)', exact: true }).click()
    await at.newest().getByText('Your connection ends soon.').waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await chat.getByRole('button', { name: 'music' }).click()
    await line().waitFor()
  })

  test('what is offered while a command is typed', async () => {
    await line().fill('/')
    await chat.getByRole('listbox').getByRole('option').first().waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await line().fill('/nothing')
    await chat.getByText('There is no such command.').waitFor()
    expect(await faultsOf(chat)).toEqual([])
  })

  test('a command with many options, and what is wrong with them', async () => {
    await line().fill('/roundup schedule nothing:1')
    await line().press('Enter')
    await chat.getByText('This is needed.').first().waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await chat.keyboard.press('Escape')
  })

  test('the menu on a person', async () => {
    await chat.getByRole('navigation').getByRole('button', { name: 'Apps for Ben' }).click()
    await chat.getByRole('menu').waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await chat.keyboard.press('Escape')
  })

  test('a dialog', async () => {
    await page().getByRole('button', { name: '1 / 312', exact: true }).click()
    await chat.getByRole('dialog').waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await chat.keyboard.press('Escape')
  })

  test('notices: Hearsay is away, nothing answers, a press failed, something is new elsewhere', async () => {
    world.discord.say(world.person('fay').id, channel(1), 'Over there')
    await chat.getByRole('button', { name: 'general (new)' }).waitFor()
    await chat.route('**/api/press', (route) =>
      route.fulfill({ json: { kind: 'failed', reason: 'It did not respond' } }),
    )
    await page().getByRole('button', { name: 'Next', exact: true }).click()
    await chat.getByText('This interaction failed.').waitFor()
    await chat.route('**/api/state*', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ json: { ...(await answer.json()), online: false } })
    })
    world.discord.say(world.person('fay').id, channel(0), 'Here')
    await chat.getByText('Hearsay is away.').waitFor()
    await chat.unroute('**/api/state*')
    await chat.route('**/api/{say,state*}', (route) => route.abort())
    await line().fill('A line')
    await line().press('Enter')
    await chat.getByText('nothing that you wrote is lost').waitFor()
    await chat.getByText('This page goes on when it does').waitFor()
    expect(await faultsOf(chat)).toEqual([])
    await chat.unrouteAll()
    await chat.getByText('This page goes on when it does').waitFor({ state: 'hidden' })
    await line().fill('')
  })

  test('the panel over the chat of a phone', async () => {
    for (const size of [phone, smallPhone, enlarged]) {
      await chat.setViewportSize(size)
      await chat.getByRole('button', { name: 'Sandbox' }).click()
      await chat.getByRole('heading', { name: 'Sandbox', exact: true }).waitFor()
      expect(await faultsOf(chat, [size])).toEqual([])
      await chat.getByRole('button', { name: 'Sandbox' }).click()
    }
    await chat.setViewportSize(desktop)
  })

  test('the pages of the sandbox’s Discord and Spotify, and ours between them', async () => {
    const pages = await chromium.context.newPage()
    const show = async (name: string) => {
      await pages.getByRole('button', { name }).waitFor()
      expect(await faultsOf(pages)).toEqual([])
    }
    await pages.goto(`${world.env['PUBLIC_URL']}/link`)
    await show('Continue with Discord')
    await pages.getByRole('button', { name: 'Continue with Discord' }).click()
    await show('Authorize')
    await pages.getByRole('link', { name: 'Not you?' }).click()
    await show('Continue')
    await pages.getByRole('button', { name: 'Continue' }).click()
    await pages.getByRole('button', { name: 'Authorize' }).click()
    await show('Continue to Spotify')
    await pages.getByRole('button', { name: 'Continue to Spotify' }).click()
    await pages.getByText('Use another account').click()
    await show('Agree')
    await pages.getByRole('button', { name: 'Agree' }).click()
    await pages.getByRole('heading', { name: 'Linked as' }).waitFor()
    expect(await faultsOf(pages)).toEqual([])
    await pages.goto(`${world.discord.authorizeUrl}?client_id=1`)
    expect(await faultsOf(pages)).toEqual([])
    await pages.goto(`${world.spotify.accountsUrl}/authorize?client_id=1`)
    expect(await faultsOf(pages)).toEqual([])
    await pages.close()
  })

  const line = (): Locator => chat.getByLabel('Message #music')
  const page = (): Locator => chat.getByRole('article').filter({ hasText: 'of 312' }).last()
  const channel = (index: number): string => world.discord.channels[index]?.id ?? ''
})

/** What axe finds, and what cannot be pressed, at every size. */
async function faultsOf(page: Page, sizes = [phone, smallPhone, enlarged, desktop]): Promise<string[]> {
  const faults = new Set(await violationsOf(page, sizes))
  for (const size of sizes) {
    await page.setViewportSize(size)
    const found = (await page.evaluate(`${layout}; layoutFaults()`)) as string[]
    for (const fault of found) faults.add(`${size.width}: ${fault}`)
  }
  return [...faults]
}

/** What axe finds in light and in dark, at phone and at desktop width. */
async function violationsOf(page: Page, sizes = [phone, desktop]): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = new Set<string>()
  for (const size of sizes.filter((one) => one === phone || one === desktop)) {
    await page.setViewportSize(size)
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.evaluate(`${layout}; settled()`)
      const lines =
        await page.evaluate(`axe.run({ rules: { 'target-size': { enabled: true } } }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html.slice(0, 120), failureSummary].join(' '))))`)
      for (const one of lines as string[]) found.add(`${size.width} ${colorScheme} ${one}`)
    }
  }
  return [...found]
}
