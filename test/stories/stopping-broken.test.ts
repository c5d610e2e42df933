import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { holdSpotify } from '../world/hold.ts'
import { until } from '../world/until.ts'
import { startSandbox } from '../world/sandbox.ts'
import { startRedis, withoutRedis } from '../store/redis-server.ts'
import { startProgram } from '../world/process.ts'
import { createPlayer, messageOf } from '../world/world.ts'

test.concurrent('SIGTERM while Spotify never answers and a browser never ends its question: Ana is told, and it ends with 0', async ({
  expect,
}) => {
  const sandbox = await startSandbox()
  const program = await startProgram(sandbox)
  try {
    const ana = createPlayer(sandbox, 'ana')
    await ana.links()
    sandbox.spotify.script(/GET \/v1\/me\/tracks/, { fault: 'hang' }, { fault: 'hang' })
    const callbacks = () => sandbox.discord.requests.filter(({ path }) => path.endsWith('/callback'))
    const before = callbacks().length
    const told = ana.uses('liked recent')
    const slow = connect(Number(sandbox.env['PORT']), '127.0.0.1')
    await once(slow, 'connect')
    slow.write('POST /link HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n')
    await expect.poll(() => sandbox.spotify.requests.at(-1)).toMatchObject({ path: '/v1/me/tracks', status: 0 })
    await expect.poll(() => callbacks()[before]?.status).toBe(204)
    expect(await program.terminate()).toBe(0)
    expect(messageOf(await told).content).toContain("Spotify isn't working")
    slow.destroy()
  } finally {
    await program.kill()
    await sandbox.close()
  }
})

test.concurrent('SIGTERM while a roundup is collected at a Spotify that asks to wait: Ana is told, and it ends with 0', async ({
  expect,
}) => {
  const sandbox = await startSandbox()
  const program = await startProgram(sandbox)
  try {
    const ana = createPlayer(sandbox, 'ana')
    await ana.links()
    await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
    // Another link, of which nothing is in hand.
    await ana.links()
    sandbox.spotify.trouble = { kind: 'rate-limited', retryAfter: 40 }
    const page = messageOf(await ana.uses('roundup now'))
    expect(await program.terminate()).toBe(0)
    const shown = () => sandbox.discord.messages(page.channelId, ana.id).map(({ content }) => content)
    await expect.poll(() => shown().join()).not.toContain('Looking up')
  } finally {
    await program.kill()
    await sandbox.close()
  }
})

test.concurrent('SIGTERM while Ana’s code is exchanged: the page says that she is linked, and she is', async ({
  expect,
}) => {
  const sandbox = await startSandbox()
  let program = await startProgram(sandbox)
  try {
    const ana = createPlayer(sandbox, 'ana')
    const consent = await ana.linksUntil('spotify')
    const letGo = holdSpotify(sandbox.spotify)
    const { browser } = ana
    const agreed = browser.goOn(consent).catch((error: unknown) => error)
    await expect.poll(() => sandbox.spotify.requests.at(-1)).toMatchObject({ path: '/api/token', status: 0 })
    const ending = program.terminate()
    const health = () => fetch(`${sandbox.env['PUBLIC_URL']}/health`).then(({ status }) => status)
    await until('the program to stop', () =>
      health().then(
        (status) => status === 503,
        () => true,
      ),
    )
    letGo()
    expect(await ending).toBe(0)
    await agreed

    program = await startProgram(sandbox)
    expect((await browser.visit(`${sandbox.env['PUBLIC_URL']}/link/done`)).text).toContain('Linked as')
    expect(messageOf(await ana.uses('account status')).content).toMatch(/^Linked as \*\*Ana/)
  } finally {
    await program.kill()
    await sandbox.close()
  }
})

test.skipIf(withoutRedis())('SIGTERM while Redis is frozen: it ends with 0', async () => {
  const redis = await startRedis()
  const sandbox = await startSandbox()
  const program = await startProgram(sandbox, { REDIS_URL: redis.url })
  try {
    redis.freeze()
    const told = createPlayer(sandbox, 'ana').uses('liked recent')
    await expect.poll(() => sandbox.discord.requests.map(({ path }) => path).join('\n')).toMatch(/callback$/m)
    expect(await program.terminate()).toBe(0)
    expect(messageOf(await told).content).toContain("can't reach my database")
  } finally {
    redis.thaw()
    await program.kill()
    await sandbox.close()
    await redis.stop()
  }
})
