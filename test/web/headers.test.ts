import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '../../sandbox/browser.ts'
import { startWorld, type World } from '../world/world.ts'
import { behindProxy, callbackOf, newcomer } from './flow.ts'
import { startWebFixture } from '../world/web-fixture.ts'

let world: World
let pages: Map<string, Page>
beforeAll(async () => {
  world = await startWorld(behindProxy)
  pages = await collect(world)
})
afterAll(() => world.stop())

const names = [
  'start',
  'start, with a hint',
  'redirect to Discord',
  'refused callback',
  'redirect to the confirm page',
  'confirm',
  'redirect to Spotify',
  'redirect to the last page',
  'done',
  'replayed callback',
  'nothing here',
  'privacy',
  'terms',
  'foreign form',
  'wrong method',
  'health',
]

describe.each(names)('%s', (name) => {
  const page = () => pages.get(name) ?? expect.unreachable()

  test('is not kept, not framed, not guessed at, and tells no address on', () => {
    const { headers } = page()
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('allows no script, and forms only to itself and both providers', () => {
    const policy = policyOf(page())
    expect(policy.get('default-src')).toBe("'none'")
    expect(policy.get('base-uri')).toBe("'none'")
    expect(policy.get('frame-ancestors')).toBe("'none'")
    expect(policy.get('form-action')?.split(' ')).toEqual([
      "'self'",
      new URL(world.discord.authorizeUrl).origin,
      new URL(world.spotify.accountsUrl).origin,
    ])
    expect([...policy.keys()].filter((directive) => directive.startsWith('script'))).toEqual([])
    // For the icon, which is part of the page.
    expect(policy.get('img-src')).toBe('data:')
    policy.delete('img-src')
    expect([...policy.values()].join(' ')).not.toMatch(/unsafe|\*|data:|https:(?!\/)/)
  })

  test('has no script, no refresh, nothing inline, and the stylesheet that the policy names', () => {
    const { text, headers } = page()
    expect(text).not.toMatch(/<script|http-equiv|javascript:|\son\w+=|\sstyle=|<base|<iframe|<object/i)
    expect(headers.get('refresh')).toBeNull()
    for (const [, style = ''] of text.matchAll(/<style>([\s\S]*?)<\/style>/g)) {
      const hash = createHash('sha256').update(style).digest('base64')
      expect(policyOf(page()).get('style-src')).toBe(`'sha256-${hash}'`)
    }
    const isWhole = text.includes('<html')
    expect(text.match(/<style>/g)?.length ?? 0).toBe(isWhole ? 1 : 0)
  })
})

test('pages are HTML in UTF-8, health is JSON', () => {
  expect(pages.get('confirm')?.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(pages.get('refused callback')?.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(pages.get('health')?.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(pages.get('health')?.text).toBe('{"status":"ok"}')
})

test('no address on the pages and in their redirects is an outside one, but for the two providers', () => {
  // The notices lead to what Discord and Spotify say about themselves.
  const flow = [...pages].filter(([name]) => name !== 'privacy').map(([, page]) => page)
  for (const { text, headers, url } of flow) {
    const targets = [...text.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(([, target = '']) => target)
    const followed = targets.filter((target) => !target.startsWith('data:image/svg+xml,'))
    const all = [...followed, headers.get('location') ?? '/'].map((target) => new URL(target, url).origin)
    const allowed = [new URL(url), new URL(world.discord.authorizeUrl), new URL(world.spotify.accountsUrl)]
    expect(allowed.map(({ origin }) => origin)).toEqual(expect.arrayContaining(all))
  }
})

test('behind https browsers are told to stay there', async () => {
  const fixture = await startWebFixture({ publicUrl: 'https://liked.example' })
  const page = await fixture.visitor('ana').sees('/link')
  expect(page.headers.get('strict-transport-security')).toBe('max-age=31536000')
  await fixture.stop()
})

/** One answer of every kind. */
async function collect(from: World): Promise<Map<string, Page>> {
  const ana = newcomer(from, 'ana')
  const { browser } = ana
  const found = new Map<string, Page>()
  const at = (path: string) => `${from.env['PUBLIC_URL']}${path}`
  const keep = async (name: string, path: string, options?: Parameters<typeof browser.send>[1]) =>
    found.set(name, await browser.send(at(path), options))
  await keep('start', '/link')
  found.set('start, with a hint', await ana.linksUntil('start'))
  await keep('redirect to Discord', '/link', { method: 'POST' })
  const callback = await callbackOf(ana, 'discord')
  await keep('refused callback', '/callback/discord?code=a')
  await keep('redirect to the confirm page', callback.pathname + callback.search)
  await keep('confirm', '/link/confirm')
  const token = /name="token" value="([^"]+)"/.exec(found.get('confirm')?.text ?? '')?.[1] ?? ''
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  await keep('redirect to Spotify', '/link/confirm', { method: 'POST', headers, body: `token=${token}` })
  const last = await callbackOf(ana, 'spotify')
  await keep('redirect to the last page', last.pathname + last.search)
  await keep('done', '/link/done')
  await keep('replayed callback', last.pathname + last.search)
  await keep('nothing here', '/favicon.ico')
  await keep('privacy', '/privacy')
  await keep('terms', '/terms')
  await keep('foreign form', '/link', { method: 'POST', headers: { origin: 'https://evil.example' } })
  await keep('wrong method', '/link', { method: 'DELETE' })
  await keep('health', '/health')
  return found
}

function policyOf({ headers }: Page): Map<string, string> {
  const directives = (headers.get('content-security-policy') ?? '').split(';')
  return new Map(directives.map((directive) => [directive.split(' ')[0] ?? '', directive.replace(/^\S+ /, '')]))
}
