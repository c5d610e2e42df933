import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createHttp, HttpError } from '../src/http.ts'
import { logFailures } from '../src/http-log.ts'
import { waitLimit } from './world/until.ts'

describe('asking a server', () => {
  let server: Server
  let url: string
  let wait = 0
  let http: ReturnType<typeof createHttp>

  beforeEach(async () => {
    http = createHttp()
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
    expect(new Set(answers.map(({ body }) => String(body)))).toEqual(new Set(['hello']))
  })

  test('an answer without a body that is announced as zipped is an answer', async () => {
    const empty = createServer((_request, response) =>
      response.writeHead(429, { 'content-encoding': 'gzip', 'content-length': 0, 'retry-after': '7' }).end(),
    )
    await once(empty.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void empty.close())
    const { status, headers, body } = await http.send(`http://127.0.0.1:${(empty.address() as AddressInfo).port}`)
    expect([status, headers['retry-after'], body.length]).toEqual([429, '7', 0])
  })

  test.each([
    ['as it is', (response: ServerResponse) => response.end(Buffer.alloc(3 * 1024 * 1024))],
    [
      'once it is unzipped',
      (response: ServerResponse) =>
        response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(3 * 1024 * 1024))),
    ],
  ])('a response of three megabytes, %s, is none', async (_, answer) => {
    const long = createServer((_request, response) => void answer(response))
    await once(long.listen(0, '127.0.0.1'), 'listening')
    const failure = http.send(`http://127.0.0.1:${(long.address() as AddressInfo).port}/path?token=secret`)
    await expect(failure).rejects.toMatchObject({ name: 'HttpError', timedOut: false })
    await expect(failure).rejects.toThrow(/^GET http:\/\/127\.0\.0\.1:\d+\/path: (?!.*secret)/)
    long.close()
  })

  test('as many connections as there are requests at once, however many follow each other', async () => {
    wait = 0
    let connections = 0
    server.on('connection', () => (connections += 1))
    const follow = async (): Promise<void> => {
      for (let request = 0; request < 20; request += 1) await http.send(url)
    }
    await Promise.all(Array.from({ length: 8 }, follow))
    expect(connections).toBe(8)
  })

  test('connections are used again, and given up by us after four seconds without use', async () => {
    wait = 0
    const used = new Map<Socket, number>()
    const unused: number[] = []
    server.keepAliveTimeout = 60_000
    server.on('connection', (socket) => {
      used.set(socket, performance.now())
      socket.on('end', () => unused.push(performance.now() - (used.get(socket) ?? 0)))
    })
    server.on('request', ({ socket }) => used.set(socket, performance.now()))
    for (let asked = 0; asked < 11; asked += 1) {
      await http.send(url)
      // A machine that takes four seconds between two of them loses one and opens another.
      expect(used.size - unused.length).toBeLessThanOrEqual(2)
    }
    await expect.poll(() => unused.length).toBe(used.size)
    expect(Math.min(...unused)).toBeGreaterThan(3500)
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

describe('who gives no answer is said', () => {
  const lines: string[] = []
  let now = 0
  const failing = (failure: object) => {
    lines.length = 0
    now = 0
    const send = () => Promise.reject(Object.assign(new HttpError('no'), failure))
    return logFailures(send, { warn: (line: unknown) => void lines.push(String(line)) }, () => now)
  }
  const url = 'https://api.spotify.com/v1/me/tracks?limit=50'

  test.each([
    [{ cause: { code: 'ENOTFOUND' } }, /^The name api\.spotify\.com does not resolve\..*DNS/],
    [{ cause: { code: 'ECONNREFUSED' } }, /^api\.spotify\.com refuses the connection\./],
    [{ cause: { code: 'SELF_SIGNED_CERT_IN_CHAIN' } }, /NODE_EXTRA_CA_CERTS/],
    [{ timedOut: true }, /^api\.spotify\.com does not answer in time\./],
  ])('%o: once a minute, and it fails all the same', async (failure, says) => {
    const send = failing(failure)
    for (now of [0, 59_999, 60_000]) await expect(send(url)).rejects.toThrow(HttpError)
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).toMatch(says)
    expect(lines.join()).not.toContain('tracks')
  })

  test.each([
    ['82721', 'asks to wait for 82721 s.'],
    ['0.503', 'asks to wait for 1 s.'],
    ['soon', 'asks to wait for a while.'],
  ])('a 429 with Retry-After %s', async (wait, says) => {
    lines.length = 0
    const answer = { status: 429, headers: { 'retry-after': wait }, body: Buffer.alloc(0) }
    const send = logFailures(
      async () => answer,
      { warn: (line: unknown) => void lines.push(String(line)) },
      () => now,
    )
    expect([await send(url), await send(url)]).toEqual([answer, answer])
    expect(lines).toEqual([expect.stringContaining(`api.spotify.com ${says}`)])
  })

  test('not where who asked has given up', async () => {
    const signal = AbortSignal.abort()
    await expect(failing({ cause: new Error('cancelled') })(url, { signal })).rejects.toThrow(HttpError)
    expect(lines).toEqual([])
  })
})
