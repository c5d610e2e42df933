import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { expectRefusal } from './flow.ts'
import { startWebFixture, type Visitor, type WebFixture } from '../world/web-fixture.ts'

const settings = {
  DISCORD_TOKEN: 'bot.token.value',
  DISCORD_CLIENT_ID: '123456789012345678',
  DISCORD_CLIENT_SECRET: 'discord-secret-value',
  SPOTIFY_CLIENT_ID: 'a'.repeat(32),
  SPOTIFY_CLIENT_SECRET: 'b'.repeat(32),
}

describe('behind https', () => {
  let fixture: WebFixture
  let ana: Visitor
  beforeEach(async () => {
    fixture = await startWebFixture({ publicUrl: 'https://liked.example' })
    ana = fixture.visitor('ana')
  })
  afterEach(() => fixture.stop())

  test('CK-50 a cookie that a sibling subdomain can set is not looked at', async () => {
    const callback = await ana.agrees(await ana.posts('/link'))
    const { cookies } = ana.browser
    const value = cookies.get('__Host-hearsay') ?? expect.unreachable()
    cookies.clear()
    for (const name of ['hearsay', '__Host-Hearsay', '__Secure-hearsay', 'x__Host-hearsay']) {
      cookies.set(name, value)
    }
    expectRefusal(await ana.sees(callback.replace(/code=\w+/, 'code=a')), 400)
    expect(fixture.exchanges).toHaveLength(0)
    cookies.set('__Host-hearsay', value)
    expect((await ana.sees(callback)).status).toBe(303)
  })

  test('CK-52 the cookie survives a cross-site 303, scripts and other hosts never see it, and it ends in ten minutes', async () => {
    const begun = await ana.browser.send(`${fixture.address}/link`, { method: 'POST' })
    const { authorizeUrl } = fixture.discord
    expect([begun.status, begun.headers.get('location')]).toEqual([303, expect.stringContaining(authorizeUrl)])
    const cookies = begun.headers.getSetCookie()
    expect(cookies).toHaveLength(1)
    const [pair, ...attributes] = (cookies[0] ?? '').split('; ')
    expect(pair).toMatch(/^__Host-hearsay=[\w-]{43}$/)
    expect(attributes.filter((attribute) => !attribute.startsWith('Expires=')).toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=600',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ])
  })

  test('the redirect URIs are those of the public address, whatever the host of the request', async () => {
    const { searchParams } = await ana.posts('/link')
    expect(searchParams.get('redirect_uri')).toBe('https://liked.example/callback/discord')
  })
})

test.each(['http://127.0.0.1:8888', 'http://127.9.9.9:8888', 'http://[::1]:8888'])(
  'CK-51 %s is loopback: plain http is taken, with a cookie that plain http can carry',
  async (publicUrl) => {
    expect(readConfig({ ...settings, PUBLIC_URL: publicUrl }).web.publicUrl).toBe(publicUrl)
    const fixture = await startWebFixture({ publicUrl })
    const begun = await fixture.visitor('ana').browser.send(`${fixture.address}/link`, { method: 'POST' })
    const [cookie] = begun.headers.getSetCookie()
    expect(cookie).toMatch(/^hearsay=[\w-]{43}; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)
    await fixture.stop()
  },
)

test.each([
  'http://liked.example',
  'http://localhost:8888',
  'http://192.168.1.2:8888',
  'http://127.0.0.1.liked.example',
])('CK-51 %s is neither TLS nor loopback: nothing is started', (publicUrl) => {
  expect(() => readConfig({ ...settings, PUBLIC_URL: publicUrl })).toThrow(/^PUBLIC_URL must start with https/)
})
