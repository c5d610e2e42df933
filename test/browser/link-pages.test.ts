import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { buttonsOf, messageOf, startWorld, type World } from '../world/world.ts'

const sizes = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
]

describe.skipIf(withoutChromium())('the link pages, for everybody', () => {
  let world: World
  let chromium: Chromium
  let page: Page
  /** The address behind Ben's permission to save a song of Ana's. */
  let saving: string
  beforeAll(async () => {
    world = await startWorld()
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    await ana.links()
    const song = messageOf(await ana.uses('liked random'))
    const told = messageOf(await world.discord.press(ben.id, song.id, 'Save to my liked songs'))
    saving = buttonsOf(told)[0]?.url ?? ''
    chromium = await openChromium()
    const urls = [world.discord.authorizeUrl, world.spotify.accountsUrl]
    await chromium.context.addCookies(urls.map((url) => ({ name: 'sandbox_person', value: ben.id, url })))
    page = await chromium.context.newPage()
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('where linking begins, the notices, and the guide to an app of one’s own', async () => {
    for (const [address, name] of [
      ['/', 'home'],
      ['/privacy', 'privacy'],
      ['/terms', 'terms'],
      ['/link', 'start'],
      ['/link?own', 'own-app'],
      [`/link?client-id=${'c0ffee00'.repeat(4)}`, 'own-app-given'],
    ] as const) {
      await page.goto(`${world.env['PUBLIC_URL']}${address}`)
      expect(await faultsOf(name), address).toEqual([])
    }
  })

  test('the way of a song that is saved, with a refusal in between, from which it goes on', async () => {
    await page.goto(saving)
    await heading('Let me save songs for you')
    expect(await faultsOf('saving-start')).toEqual([])
    await goOn('Continue with Discord', 'Authorize')
    await heading('Is this you, @ben?')
    expect(await faultsOf('saving-confirm')).toEqual([])
    await goOn('Continue to Spotify', 'Cancel')
    await heading('Nothing changed')
    expect(await faultsOf('saving-cancelled')).toEqual([])
    await page.getByRole('link', { name: 'Start again' }).click()
    await heading('Let me save songs for you')
    await goOn('Continue with Discord', 'Authorize')
    await goOn('Continue to Spotify', 'Agree')
    await heading(/^Saved .+ to your liked songs$/)
    expect(await faultsOf('saving-done')).toEqual([])
  })

  test('failures', async () => {
    for (const [address, name] of [
      ['/nowhere', 'nowhere'],
      ['/link/confirm', 'over'],
      ['/link?client-id=none', 'no-client-id'],
    ] as const) {
      await page.goto(`${world.env['PUBLIC_URL']}${address}`)
      expect(await faultsOf(name), address).toEqual([])
    }
    // Who is not let in is shown the way to an app of their own.
    world.spotify.script(/GET \/v1\/me$/, { status: 403, body: 'User not registered in the Developer Dashboard' })
    await page.goto(saving)
    await goOn('Continue with Discord', 'Authorize')
    await goOn('Continue to Spotify', 'Agree')
    await heading('Nothing changed')
    expect(await faultsOf('not-let-in')).toEqual([])
  })

  const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 }).waitFor()

  async function goOn(ours: string, theirs: string): Promise<void> {
    await page.getByRole('button', { name: ours }).click()
    await page.getByRole('button', { name: theirs }).click()
  }

  /** What axe finds, what is wider than the window, and scripts, in light and in dark. Leaves pictures. */
  async function faultsOf(name: string): Promise<string[]> {
    const faults = new Set<string>()
    if ((await page.locator('script').count()) > 0) faults.add('There is a script.')
    await page.evaluate(axe.source)
    for (const size of sizes) {
      await page.setViewportSize(size)
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme })
        const found =
          await page.evaluate(`axe.run({ rules: { 'target-size': { enabled: true } } }).then(({ violations }) =>
          violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html.slice(0, 120), failureSummary].join(' '))))`)
        for (const one of found as string[]) faults.add(`${size.width} ${colorScheme} ${one}`)
        if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
          faults.add(`${size.width}: too wide`)
        await page.screenshot({
          path: `test/screenshots/link-${name}-${size.width}-${colorScheme}.png`,
          fullPage: true,
        })
      }
    }
    return [...faults]
  }
})
