import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { startProgram, type Program } from '../world/process.ts'
import { startSandbox } from '../world/sandbox.ts'
import { createPlayer, footerOf, messageOf, type Player } from '../world/world.ts'

describe.skipIf(withoutRedis())('a replica that hands over', () => {
  let redis: RedisServer
  let sandbox: Sandbox
  let program: Program
  let url: string
  let ana: Player
  beforeAll(async () => {
    redis = await startRedis()
    sandbox = await startSandbox()
    const port = String(await freePort())
    url = `http://127.0.0.1:${port}`
    sandbox.env['PUBLIC_URL'] = url
    const { publicKey } = sandbox.discord
    const shared = { REDIS_URL: redis.url, DISCORD_PUBLIC_KEY: publicKey, TRUST_PROXY: '1', PORT: port }
    program = await startProgram(sandbox, shared)
    await sandbox.discord.deliverTo([`${url}/interactions`])
    ana = createPlayer(sandbox, 'ana')
    await ana.links()
  })
  afterAll(async () => {
    await program?.kill()
    await sandbox?.close()
    await redis?.stop()
  })

  test('a change that another replica had begun and died over: the person hears that nobody knows, and nothing is done', async () => {
    const store = await openStore({ redisUrl: redis.url })
    onTestFinished(() => store.close())
    const relay = async (request: IncomingMessage, response: ServerResponse) => {
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
      const { id } = JSON.parse(String(body)) as { id: string }
      // As the first one has left it.
      await store.create('replays', id, true, 60_000)
      const headers = request.headers as Record<string, string>
      const answer = await fetch(`${url}/interactions`, { method: 'POST', headers, body })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
    }
    const balancer = createServer((request, response) => void relay(request, response)).listen(0, '127.0.0.1')
    onTestFinished(() => void balancer.close())
    await once(balancer, 'listening')
    const sharing = messageOf(await ana.uses('account sharing'))
    await sandbox.discord.deliverTo([`http://127.0.0.1:${(balancer.address() as AddressInfo).port}/interactions`])
    const outcome = await ana.presses(sharing, 'Share with this server')
    expect(messageOf(outcome)).toMatchObject({ ephemeral: true, content: expect.stringMatching(/^I was interrupted/) })
    await sandbox.discord.deliverTo([`${url}/interactions`])
    expect(messageOf(await ana.uses('account status')).content).not.toContain('Sandbox server')
  })

  test('one that is asked for its health all the time says that it stops before it takes no more, and ends with 0', async () => {
    const health = async () => (await fetch(`${url}/health`)).json()
    expect(await health()).toEqual({ status: 'ok' })
    await health()
    const ended = program.terminate()
    await program.until('a stop', async () => ((await health()) as { status: string }).status === 'unavailable')
    expect(await health()).toEqual({ status: 'unavailable', why: 'stopping' })
    expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
    expect(await ended).toBe(0)
  })
})
