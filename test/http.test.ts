import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createHttp, HttpError } from '../src/http.ts'

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
    const answers = await Promise.all(Array.from({ length: 300 }, () => http.send(url)))
    expect(new Set(answers.map(({ text }) => text()))).toEqual(new Set(['hello']))
  })

  test('a deadline and a change of mind end also what still waits for a connection', async () => {
    wait = 60_000
    const busy = Array.from({ length: 256 }, () => http.send(url, { deadline: 500 }).catch(() => undefined))
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
