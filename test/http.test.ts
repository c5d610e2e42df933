import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createHttp, HttpError } from '../src/http.ts'
import { waitLimit } from './world/until.ts'

describe('asking a server', () => {
  let server: Server
  let url: string
  let wait = 0
  const http = createHttp()

  beforeEach(async () => {
    server = createServer((_request, response) => void setTimeout(() => response.end('hello'), wait))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    await http.close()
    server.closeAllConnections()
    server.close()
  })

  test('three hundred questions at once to a slow server are all answered, those that queue for a connection too', async () => {
    wait = 200
    const answers = await Promise.all(Array.from({ length: 300 }, () => http.send(url, { deadline: waitLimit })))
    expect(new Set(answers.map(({ text }) => text()))).toEqual(new Set(['hello']))
  })

  test('what an answer says can be read once, so that nothing keeps it', async () => {
    wait = 0
    const answer = await http.send(url)
    expect(answer.text()).toBe('hello')
    expect(() => answer.text()).toThrow('has been read already')
  })

  test('a connection is used again, and given up by us after four seconds without use', async () => {
    wait = 0
    const ends: number[] = []
    server.keepAliveTimeout = 60_000
    server.on('connection', (socket) => socket.on('end', () => ends.push(performance.now())))
    await http.send(url)
    // Before it is used again, not after: what this machine takes for it may only make the time look longer.
    const used = performance.now()
    await http.send(url)
    await expect.poll(() => ends.length).toBe(1)
    expect((ends[0] ?? 0) - used).toBeGreaterThan(3500)
  })

  test('a deadline and a change of mind end also what still waits for a connection', async () => {
    wait = 3 * waitLimit
    let connections = 0
    server.on('connection', () => (connections += 1))
    const busy = Array.from({ length: 256 }, () => http.send(url, { deadline: waitLimit }).catch(() => undefined))
    await expect.poll(() => connections).toBe(256)
    const nobody = new AbortController()
    const cancelled = http.send(url, { signal: nobody.signal }).catch((error: unknown) => error)
    const late = http.send(url, { deadline: 100 }).catch((error: unknown) => error)
    expect(await late).toMatchObject({ name: 'HttpError', timedOut: true })
    nobody.abort()
    expect(await cancelled).toBeInstanceOf(HttpError)
    expect(await cancelled).toMatchObject({ timedOut: false })
    server.closeAllConnections()
    await Promise.all(busy)
  })
})
