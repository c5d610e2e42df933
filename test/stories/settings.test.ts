import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { startProgram, type Program } from '../world/process.ts'
import { createPlayer, footerOf, messageOf, type Player } from '../world/world.ts'

let sandbox: Sandbox
let ana: Player
let program: Program | undefined
beforeEach(async () => {
  sandbox = await startSandbox()
  ana = createPlayer(sandbox, 'ana')
})
afterEach(async () => {
  await program?.kill()
  await sandbox.close()
})

test('CF-177 the clock is an hour fast, then an hour slow, then right: Ana links once, and everything works', async () => {
  for (const hours of [1, -1, 0]) {
    program = await startProgram(sandbox, withClock(hours))
    if (hours === 1) expect((await ana.links()).status).toBe(200)
    sandbox.spotify.expireAccessTokens()
    expect(await newest()).toMatch(/^Page 1 of 312/)
    const shown = messageOf(await ana.uses('liked recent', { market: 'GB' }))
    expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)

    // Killed while it renews the connection: what it held must not be held against the next one.
    sandbox.spotify.expireAccessTokens()
    sandbox.spotify.script(/POST \/api\/token/, { fault: 'hang' })
    void ana.uses('liked recent', { market: 'DE' })
    await expect.poll(() => sandbox.spotify.requests.at(-1)).toMatchObject({ path: '/api/token', status: 0 })
    await program.kill()
  }
})

test('CF-181 the log names the exact addresses to register, and they are the ones that the providers get', async () => {
  program = await startProgram(sandbox, { LOG_LEVEL: 'info' })
  const { redirects } = JSON.parse(await program.prints('Ready.')) as { redirects: Record<string, string> }
  expect(Object.values(redirects)).toEqual(
    ['discord', 'spotify'].map((provider) => `${sandbox.env['PUBLIC_URL']}/callback/${provider}`),
  )
  const { trail } = await ana.links()
  expect(trail.join()).toContain(`${redirects['spotify']}?code=`)

  sandbox.spotify.redirectUris = ['https://elsewhere.example/callback/spotify']
  const refused = await createPlayer(sandbox, 'ben').linksUntil('spotify')
  expect(refused.status).toBe(400)
  const guide = await ana.browser.visit(`${sandbox.env['PUBLIC_URL']}/link?own`)
  expect(guide.text).toContain(`<code>${redirects['spotify']}</code>`)
})

async function newest(): Promise<string> {
  return footerOf(messageOf(await ana.uses('liked recent')))
}

/** The program's own clock goes wrong; everybody else's is right. */
function withClock(hours: number): Record<string, string> {
  const script = `const { now } = Date
    globalThis.Date = class extends Date {
      constructor(...parts) { parts.length > 0 ? super(...parts) : super(Date.now()) }
      static now() { return now() + ${hours * 3_600_000} }
    }`
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
}
