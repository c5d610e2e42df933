import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../sandbox/start.ts'
import { complaints } from './doctor/visit.ts'
import { makeCertificate } from './world/certificate.ts'
import { runProgram } from './world/program-here.ts'
import { startSandbox } from './world/sandbox.ts'

let sandbox: Sandbox
beforeAll(async () => (sandbox = await startSandbox()))
afterAll(() => sandbox.close())

const page = '<html><title>Sign in to this network</title></html>'
const html = { 'content-type': 'text/html' }

/** What may be in the way between here and a provider, as an address, and what is right to say of it. */
const obstacles: Record<string, { open(): Promise<string>; says: RegExp }> = {
  'a name that does not resolve': {
    open: async () => 'https://discord.invalid',
    says: /The name discord\.invalid does not resolve.*DNS|This machine's DNS does not answer/,
  },
  'nobody who listens': { open: async () => 'http://127.0.0.1:9', says: /127\.0\.0\.1:9 refuses the connection\./ },
  'a server that hangs up': {
    open: () => plain((socket) => socket.destroy()),
    says: /hangs up before it has answered/,
  },
  'a plain server behind https': {
    open: async () => (await plain((socket) => socket.end('220 mail ready\r\n'))).replace('http', 'https'),
    says: /breaks off the TLS handshake/,
  },
  'an alert': {
    open: async () => (await plain((socket) => socket.end(alert))).replace('http', 'https'),
    says: /breaks off the TLS handshake/,
  },
  'a certificate of its own': { open: secure, says: /not one that this machine trusts.*NODE_EXTRA_CA_CERTS/ },
  'something that speaks no HTTP': {
    open: () => plain((socket) => socket.end('220 mail ready\r\n')),
    says: /makes no sense\. Check the address/,
  },
  'a page of a proxy': {
    open: () => http((_request, response) => response.writeHead(200, html).end(page)),
    says: /answers with a page and not with its API/,
  },
  'a page of a proxy that refuses': {
    open: () => http((_request, response) => response.writeHead(403, html).end(page)),
    says: /answers with a page and not with its API/,
  },
  'half an answer': {
    open: () =>
      plain((socket) =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"url":'),
      ),
    says: /hangs up before it has answered/,
  },
  'JSON that says nothing': {
    open: () =>
      http((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('null')),
    says: /makes no sense|answers with a page|instead of telling whose it is/,
  },
  'JSON that is none': {
    open: () => http((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{')),
    says: /makes no sense|answers with a page|instead of telling whose it is/,
  },
}

const alert = Buffer.from('15030300020228', 'hex')

describe.each(Object.entries(obstacles))('between the program and Discord stands %s', (_, { open, says }) => {
  test.each(['gateway', 'http'])('the start by way of %s says so in one sentence', async (way) => {
    const key: Record<string, string> = way === 'http' ? { DISCORD_PUBLIC_KEY: sandbox.discord.publicKey } : {}
    const program = runProgram({ ...sandbox.env, ...key, DISCORD_API_URL: `${await open()}/api` })
    expect(await program.ended()).toBe(1)
    const lines = program.output().trim().split('\n')
    // What HTTP mode can do without is a warning.
    const [said, ...more] = lines.filter((line) => !line.startsWith('{'))
    expect(said).toMatch(says)
    expect(more).toEqual([])
    expect(lines).toHaveLength(way === 'http' ? 2 : 1)
  })

  test('the doctor says so', async () => {
    const said = await complaints({ ...sandbox.env, DISCORD_API_URL: `${await open()}/api` })
    expect(said.join('\n')).toMatch(says)
    expect(said.join('\n')).not.toMatch(/could not be looked at/)
  })
})

describe.each(Object.entries(obstacles))('between the program and Spotify stands %s', (name, { open, says }) => {
  test('the doctor says so, of both addresses', async () => {
    const address = await open()
    const changes = { SPOTIFY_API_URL: `${address}/v1`, SPOTIFY_ACCOUNTS_URL: address }
    const said = await complaints({ ...sandbox.env, ...changes })
    const spotify = said.filter((line) => line.startsWith('Spotify'))
    expect(spotify.map((line) => line.split(':')[0])).toContain('Spotify app')
    if (!name.startsWith('JSON')) for (const line of spotify) expect(line).toMatch(says)
    expect(said.join('\n')).not.toMatch(/could not be looked at/)
  })
})

async function plain(take: (socket: Socket) => unknown): Promise<string> {
  return opened(
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => take(socket))
    }),
  )
}

async function secure(): Promise<string> {
  const server = createTlsServer(makeCertificate(), (socket) => socket.end())
  server.on('tlsClientError', () => undefined)
  return (await opened(server)).replace('http', 'https')
}

function http(answer: RequestListener): Promise<string> {
  return opened(createHttpServer(answer))
}

async function opened(server: ReturnType<typeof createServer>): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
