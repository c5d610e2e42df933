import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import express from 'express'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { boundBodies, mostConnections } from '../../src/web/connections.ts'
import { startProgram, type Program } from '../world/process.ts'
import { startSandbox } from '../world/sandbox.ts'
import { createPlayer, messageOf, rowsOf } from '../world/world.ts'

let sandbox: Sandbox
let program: Program | undefined
beforeEach(async () => (sandbox = await startSandbox()))
afterEach(async () => {
  await program?.kill()
  await sandbox.close()
})

const at = (path: string) => `${sandbox.env['PUBLIC_URL']}${path}`
const statusOf = (path: string) => fetch(at(path), { headers: { connection: 'close' } }).then(({ status }) => status)

/** So many connections that have sent this and then say nothing. */
async function held(count: number, beginning: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  for (let number = 0; number < count; number += 1) {
    const socket = connect(Number(sandbox.env['PORT']), '127.0.0.1').on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
    socket.resume().write(beginning)
  }
  return sockets
}

const openOf = (sockets: readonly Socket[]) => sockets.filter(({ closed }) => !closed).length

describe('1,500 connections that are held open, with 1,024 files', () => {
  const keptAlive = 'GET /link HTTP/1.1\r\nHost: x\r\n\r\n'
  test.each([
    ['by one address, and say nothing', '0', '', 256],
    ['by one address, in the middle of a header', '0', 'GET /health HTTP/1.1\r\nHost: ', 256],
    ['by one address, after an answer', '0', keptAlive, 256],
    ['by a proxy, and say nothing', '1', '', 512],
  ])('%s: /health and the pages answer', async (_, proxies, beginning, share) => {
    program = await startProgram(sandbox, { TRUST_PROXY: proxies }, { files: 1024 })
    const sockets = await held(1_500, beginning)
    await expect.poll(() => openOf(sockets)).toBeLessThanOrEqual(share)
    for (const path of ['/health', '/link', '/health']) expect(await statusOf(path)).toBe(200)
  })
})

test('Ana is answered while bodies of others never end', async () => {
  program = await startProgram(sandbox, { DISCORD_PUBLIC_KEY: sandbox.discord.publicKey }, { files: 1024 })
  await sandbox.discord.deliverTo([at('/interactions')])
  const ana = createPlayer(sandbox, 'ana')
  await ana.links()
  await held(600, unfinished(90_000))
  expect(rowsOf(messageOf(await ana.uses('liked recent')))).toHaveLength(10)
  expect(await statusOf('/health')).toBe(200)
})

test('bodies that are too much together: the oldest that is not all there is cut off, and who is answered is not', async () => {
  const app = express()
  app.use(boundBodies(1_000), express.text(), (_request, response) => void response.send('taken'))
  const server = app.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const post = (length: number, sent: number) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n`
    socket.write(head + 'a'.repeat(sent))
    return { socket, answer: once(socket, 'data'), closed: once(socket, 'close') }
  }
  const first = post(900, 600)
  const small = post(300, 300)
  expect(String(await small.answer)).toMatch(/taken$/)
  const second = post(900, 600)
  await first.closed
  expect(second.socket.closed).toBe(false)
  second.socket.write('a'.repeat(300))
  expect(String(await second.answer)).toMatch(/taken$/)
})

test.each([
  ['breaks off', 200],
  ['breaks off in its middle', 90_000],
])('a body that %s gets a plain answer', async (_, length) => {
  program = await startProgram(sandbox, { DISCORD_PUBLIC_KEY: sandbox.discord.publicKey })
  const socket = connect(Number(sandbox.env['PORT']), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString()))
  socket.end(unfinished(length))
  await once(socket, 'close')
  expect(answer).not.toContain('<')
  expect(answer).toMatch(/^(?:HTTP\/1\.1 400 |$)/)
})

test('as many connections as half the files, a thousand at most, and where nobody tells', () => {
  const line = (soft: string) => `Max open files            ${soft}                 524288               files     \n`
  expect(['1024', '256', '1048576', 'unlimited'].map((soft) => mostConnections(line(soft)))).toEqual([
    512, 128, 1_000, 1_000,
  ])
  expect(mostConnections('')).toBe(1_000)
  expect(mostConnections()).toBeGreaterThan(0)
})

/** A request to `/interactions` with what looks like a signature, whose body lacks a byte. */
function unfinished(length: number): string {
  const lines = [
    'POST /interactions HTTP/1.1',
    'Host: x',
    `X-Signature-Timestamp: ${Math.floor(Date.now() / 1000)}`,
    `X-Signature-Ed25519: ${'ab'.repeat(64)}`,
    `Content-Length: ${length + 1}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${' '.repeat(length)}`
}
