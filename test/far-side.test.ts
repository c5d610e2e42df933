import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { REST } from 'discord.js'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { failureCode, isOfFarSide } from '../src/connection-messages.ts'
import { createHttp } from '../src/http.ts'
import { SpotifyDownError } from '../src/spotify/errors.ts'
import { StoreUnavailableError, UnreadableRecordError } from '../src/store/store.ts'

/** The address of a server that takes connections, and never says anything. */
async function silent(): Promise<string> {
  const server = createServer((socket) => onTestFinished(() => void socket.destroy()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const failed = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.unreachable(),
    (error: Error) => error,
  )

test('Discord answers no request in time: discord.js gives it up', async () => {
  const rest = new REST({ api: `http://${await silent()}`, timeout: 20, retries: 0 }).setToken('none')
  expect(isOfFarSide(await failed(rest.get('/gateway')))).toBe(true)
})

test('Discord is broken down', async () => {
  const rest = new REST({ retries: 0, makeRequest: async () => new Response('{}', { status: 500 }) })
  expect(isOfFarSide(await failed(rest.setToken('none').get('/gateway')))).toBe(true)
})

test('the gateway does not shake hands in time, or the connection is closed before it did', async () => {
  const address = `ws://${await silent()}`
  const [late] = (await once(new WebSocket(address, { handshakeTimeout: 20 }), 'error')) as [Error]
  expect([failureCode(late), isOfFarSide(late)]).toEqual(['ETIMEDOUT', true])
  const cut = new WebSocket(address)
  const broken = new Promise<Error>((resolve) => cut.once('error', resolve))
  cut.terminate()
  expect([failureCode(await broken), isOfFarSide(await broken)]).toEqual(['ECONNRESET', true])
})

test('Spotify does not answer in time', async () => {
  const http = createHttp()
  const error = await failed(http.send(`http://${await silent()}/`, { deadline: 20 }))
  await http.close()
  expect(failureCode(error)).toBe('ETIMEDOUT')
  for (const one of [error, new SpotifyDownError('none', { cause: error })]) expect(isOfFarSide(one)).toBe(true)
})

test('the store does not answer', () => {
  expect(isOfFarSide(new StoreUnavailableError('Redis did not answer in time.'))).toBe(true)
})

test.each([
  new TypeError('odd'),
  new Error('odd', { cause: new RangeError('odder') }),
  new UnreadableRecordError(),
  Object.assign(new Error('listen'), { code: 'EADDRNOTAVAIL', syscall: 'listen' }),
  new DOMException('This operation was aborted', 'AbortError'),
  new SyntaxError('Unexpected token'),
])('a fault of the program is none of the far side: %s', (error) => expect(isOfFarSide(error)).toBe(false))
