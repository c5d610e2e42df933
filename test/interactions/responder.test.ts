import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DiscordAPIError } from '@discordjs/rest'
import { afterEach, expect, test } from 'vitest'
import { createResponder, type Responder } from '../../src/discord/respond.ts'
import { createRest } from '../../src/discord/rest.ts'

const interaction = { id: '1180000000000000777', token: 'aW50ZXJhY3Rpb24', applicationId: '1180000000000000001' }
const wire = { body: { type: 4, data: { content: 'Some songs · é' } } }

let server: Server
let responder: Responder
let bodies: string[]
afterEach(async () => {
  await responder.close()
  server.closeAllConnections()
  server.close()
})

/** A Discord that gives these answers, one after the other. */
async function discord(...answers: RequestListener[]): Promise<void> {
  bodies = []
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      bodies.push(`${request.method} ${request.url} ${body}`)
      answers.shift()?.(request, response)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
  responder = createResponder(createRest(url, 'token'), url)
}

const taken: RequestListener = (_, response) => void response.writeHead(204).end()
const says =
  (status: number, body: unknown, headers = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

test('an answer that Discord takes is one request to the callback route', async () => {
  await discord(taken)
  await responder.respond(interaction, wire)
  const path = `/api/v10/interactions/${interaction.id}/${interaction.token}/callback`
  expect(bodies).toEqual([`POST ${path} ${JSON.stringify(wire.body)}`])
})

test('a refusal is told with its code, and not sent again', async () => {
  await discord(says(400, { code: 40060, message: 'Interaction has already been acknowledged.' }))
  const refusal: unknown = await responder.respond(interaction, wire).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(DiscordAPIError)
  expect(refusal).toMatchObject({ code: 40060, status: 400 })
  expect(bodies).toHaveLength(1)
})

test('so is one that is a page for people, whoever stands in between', async () => {
  await discord(says(403, '<html>Sorry, you have been blocked</html>'))
  await expect(responder.respond(interaction, wire)).rejects.toMatchObject({ code: 0, status: 403 })
  expect(bodies).toHaveLength(1)
})

test.each([500, 502, 503])('after %i it is sent again', async (status) => {
  await discord(says(status, 'Internal Server Error'), taken)
  await responder.respond(interaction, wire)
  expect(bodies).toHaveLength(2)
  expect(bodies[1]).toBe(bodies[0])
})

test('after a connection that broke it is sent again', async () => {
  await discord((request) => void request.socket.destroy(), taken)
  await responder.respond(interaction, wire)
  expect(bodies).toHaveLength(2)
})

const limited = { message: 'You are being rate limited.', retry_after: 0.3, global: false }

test.each([
  ['as long as it says', { 'retry-after': '0.3' }, 290],
  ['half a second where it does not say', {}, 490],
  ['half a second where it says a date', { 'retry-after': 'Sun, 22 Nov 2026 12:00:00 GMT' }, 490],
])('after 429 it waits %s, and sends it again', async (_, headers, wait) => {
  await discord(says(429, limited, headers), taken)
  const begun = performance.now()
  await responder.respond(interaction, wire)
  expect(performance.now() - begun).toBeGreaterThanOrEqual(wait)
  expect(bodies).toHaveLength(2)
})

test.each([
  ['that does not end', { 'retry-after': '0.1' }, 2],
  ['that outlasts the interaction', { 'retry-after': '60' }, 1],
])('a 429 %s is told', async (_, headers, times) => {
  await discord(...Array.from({ length: 5 }, () => says(429, limited, headers)))
  await expect(responder.respond(interaction, wire)).rejects.toMatchObject({ status: 429 })
  expect(bodies).toHaveLength(times)
})

test('whoever does not answer within the life of an interaction is not asked again', async () => {
  await discord(() => undefined)
  await expect(responder.respond(interaction, wire)).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
  expect(bodies).toHaveLength(1)
})

test('files go by the REST client, as a form', async () => {
  await discord(taken)
  await responder.respond(interaction, { ...wire, files: [{ name: 'songs.json', data: Buffer.from('{}') }] })
  expect(bodies[0]).toContain('form-data; name="files[0]"; filename="songs.json"')
})
