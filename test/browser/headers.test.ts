import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PageError } from '../../src/linking/page-error.ts'
import { confirmPage, donePage, problemPage, startPage } from '../../src/linking/pages.ts'
import { openChromium, withoutChromium, type Chromium } from '../world/chromium.ts'
import { english } from '../world/english.ts'
import { startWorld, type World } from '../world/world.ts'

/** Scripts for the browser itself. */
const inPage = readFileSync('test/browser/in-page.js', 'utf8')

describe.skipIf(withoutChromium())('the link pages, in a real browser', () => {
  let world: World
  let chromium: Chromium
  let page: Page
  beforeAll(async () => {
    world = await startWorld()
    chromium = await openChromium()
    const ana = { name: 'sandbox_person', value: world.person('ana').id, url: world.discord.authorizeUrl }
    await chromium.context.addCookies([ana])
    page = await chromium.context.newPage()
    await page.goto(`${world.env['PUBLIC_URL']}/link`)
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.stop()
  })

  test('whatever finds its way into a page does nothing there', async () => {
    await page.evaluate(`${inPage}; attack()`)
    await expect
      .poll(() => page.evaluate('stopped()'))
      .toEqual({
        directives: [
          ...['base-uri', 'connect-src', 'form-action', 'frame-src', 'img-src', 'media-src'],
          ...['script-src-attr', 'script-src-elem', 'style-src-attr', 'style-src-elem'],
        ],
        ran: false,
        base: `${world.env['PUBLIC_URL']}/link`,
        at: `${world.env['PUBLIC_URL']}/link`,
      })
  })

  test('another site can neither frame a page nor keep a hand on it, and the providers are not told where Ana came from', async () => {
    const url = `${world.env['PUBLIC_URL']}/link`
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<iframe src="${url}"></iframe><a href="${url}" target="_blank" rel="opener">Link</a>`)
    })
    await once(evil.listen(0, '127.0.0.1'), 'listening')
    const elsewhere = await chromium.context.newPage()
    await elsewhere.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`)
    expect(elsewhere.frames().map((frame) => frame.url())).not.toContain(url)
    const [opened] = await Promise.all([chromium.context.waitForEvent('page'), elsewhere.getByRole('link').click()])
    await opened.getByRole('button', { name: 'Continue with Discord' }).waitFor()
    expect(await opened.evaluate('window.opener === null')).toBe(true)

    await opened.getByRole('button', { name: 'Continue with Discord' }).click()
    await opened.getByRole('button', { name: 'Authorize' }).waitFor()
    expect(await opened.evaluate('document.referrer')).toBe('')
    await opened.getByRole('button', { name: 'Authorize' }).click()
    await opened.getByRole('button', { name: 'Continue to Spotify' }).click()
    await opened.getByRole('button', { name: 'Agree' }).waitFor()
    expect(await opened.evaluate('document.referrer')).toBe('')
    expect(await opened.evaluate('document.cookie')).not.toContain('hearsay')
    evil.closeAllConnections()
    evil.close()
  })

  test('no name breaks a page: Chromium reads the same elements, and the name as it is', async () => {
    const names = fc.sample(wild(), { numRuns: 40, seed: 7 })
    const policies = { privacy: '/privacy', terms: '/terms' }
    const makes = [
      (name: string) => confirmPage(english, { name, display: `${name} ` }, 'token', { policies }),
      (name: string) => donePage(english, name, name),
      (name: string) =>
        problemPage(english, new PageError(403, 'problem.title.unchanged', 'problem.notInvited', { name })),
      (name: string) => startPage(english, name, policies),
    ]
    for (const make of makes) {
      const [plain, ...read] = (await page.evaluate(
        `${inPage}; outlines(${JSON.stringify(['Ana', ...names].map(make))})`,
      )) as Outline[]
      const wrong = names.filter((name, index) => {
        const shown = plain?.texts.map((text) => text.replace('Ana', () => asRead(name)))
        return JSON.stringify(read[index]) !== JSON.stringify({ elements: plain?.elements, texts: shown })
      })
      expect(read.length).toBe(names.length)
      expect(wrong).toEqual([])
    }
  })
})

interface Outline {
  readonly elements: readonly string[]
  readonly texts: readonly string[]
}

/** What a parser of HTML keeps of any text. */
function asRead(name: string): string {
  return name.toWellFormed().replace(/\r\n?/g, '\n').replaceAll('\0', '')
}

function wild() {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '`',
      '=',
      '</title>',
      '</style>',
      '<script>',
      '<!--',
      '-->',
      ']]>',
      '&lt;',
      '&#0;',
      '\0',
    ),
    fc.constantFrom(
      '<svg><style>',
      '<noscript>',
      '<textarea>',
      '<plaintext>',
      '\u202e',
      '\ud800',
      '\u2028',
      '\r',
      '<a href=javascript:1>',
    ),
  )
  return fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''))
}
