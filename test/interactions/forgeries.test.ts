import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../world/world.ts'

describe('POST /interactions takes what Discord has signed, and nothing else', () => {
  const discord = generateKeyPairSync('ed25519')
  const publicKey = Buffer.from(discord.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
  let world: World
  let url: string
  beforeAll(async () => {
    world = await startWorld({ DISCORD_PUBLIC_KEY: publicKey.toUpperCase() }, 'http')
    url = `${world.env['PUBLIC_URL']}/interactions`
  })
  afterAll(() => world.stop())

  const ping = JSON.stringify({ id: '1180000000000000009', type: 1, version: 1 })
  const seconds = (ago = 0) => String(Math.floor(Date.now() / 1000) - ago)

  function headers(body: string | Buffer, timestamp = seconds(), key: KeyObject = discord.privateKey) {
    const signature = sign(undefined, Buffer.concat([Buffer.from(timestamp), Buffer.from(body)]), key).toString('hex')
    return { 'x-signature-timestamp': timestamp, 'x-signature-ed25519': signature }
  }

  async function post(body: string | Buffer, sent: Record<string, string>, method = 'POST') {
    const answer = await fetch(url, { method, headers: sent, ...(method === 'POST' && { body }) })
    return { status: answer.status, text: await answer.text() }
  }

  /** What comes back until the program hangs up, which it has to do by itself. */
  async function rudely(sent: Record<string, string>, beginning: string): Promise<string> {
    const { hostname, port } = new URL(url)
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    const lines = Object.entries(sent).map((pair) => pair.join(': '))
    socket.write(['POST /interactions HTTP/1.1', 'Host: x', ...lines, '', beginning].join('\r\n'))
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => undefined)
    await new Promise((resolve) => socket.once('end', resolve).once('close', resolve))
    socket.destroy()
    return answer
  }

  test('a PING is answered with a PONG, and nothing for browsers about it', async () => {
    expect(await post(ping, headers(ping))).toEqual({ status: 200, text: '{"type":1}' })
    const answer = await fetch(url, { method: 'POST', headers: headers(ping), body: ping })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('content-security-policy')).toBeNull()
  })

  const good = () => headers(ping)
  const signature = () => good()['x-signature-ed25519']
  test.each<[string, () => Record<string, string>, string?]>([
    ['without headers', () => ({})],
    ['without a signature', () => ({ 'x-signature-timestamp': seconds() })],
    ['without a timestamp', () => ({ 'x-signature-ed25519': signature() })],
    ['with an empty signature', () => ({ ...good(), 'x-signature-ed25519': '' })],
    ['with half a signature', () => ({ ...good(), 'x-signature-ed25519': signature().slice(0, 64) })],
    ['with a signature and a half', () => ({ ...good(), 'x-signature-ed25519': signature() + 'ab'.repeat(32) })],
    ['with a signature that is not hex', () => ({ ...good(), 'x-signature-ed25519': 'zz'.repeat(64) })],
    ['with a signature of zeros', () => ({ ...good(), 'x-signature-ed25519': '00'.repeat(64) })],
    ['with a wrong signature', () => ({ ...good(), 'x-signature-ed25519': signature().replace(/^./, flip) })],
    ['with somebody else’s key', () => headers(ping, seconds(), generateKeyPairSync('ed25519').privateKey)],
    ['with an altered body', good, ping.replace('"version":1', '"version":2')],
    ['with a longer body', good, `${ping} `],
    ['with an empty body', good, ''],
    ['with a later timestamp', () => ({ ...good(), 'x-signature-timestamp': seconds(-1) })],
    ['with a timestamp of ten minutes ago', () => headers(ping, seconds(600))],
    ['with a timestamp in ten minutes', () => headers(ping, seconds(-600))],
    ['with a timestamp that is no number', () => headers(ping, 'now')],
    ['with a timestamp and something behind it', () => headers(ping, `${seconds()}.0`)],
    ['signed without the timestamp', () => ({ ...headers(ping, ''), 'x-signature-timestamp': seconds() })],
  ])('one %s gets 401', async (_, sent, body = ping) => {
    expect(await post(body, sent())).toEqual({ status: 401, text: 'Unauthorized' })
  })

  test('bytes count, not what they mean: another spelling of the same JSON is another body', async () => {
    const spelt = ping.replace('version', '\\u0076ersion')
    expect(JSON.parse(spelt)).toEqual(JSON.parse(ping))
    expect((await post(spelt, good())).status).toBe(401)
    expect((await post(spelt, headers(spelt))).status).toBe(200)
    const bytes = Buffer.from([0xff, 0xfe, 0x00])
    expect((await post(bytes, headers(bytes))).status).toBe(400)
  })

  test('five hundred forgeries at once are all refused, and a good one among them is not', async () => {
    const forged = headers(ping, seconds(), generateKeyPairSync('ed25519').privateKey)
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => post(ping, index === 250 ? good() : forged)),
    )
    expect(answers.map(({ status }) => status).filter((status) => status !== 401)).toEqual([200])
  })

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s gets 405', async (method) => {
    expect((await post('', good(), method)).status).toBe(405)
  })

  test('what is too long or compressed is not read', async () => {
    const long = JSON.stringify({ id: '1', type: 2, padding: 'x'.repeat(600_000) })
    // With its length announced, none of it is waited for.
    expect(await rudely({ ...headers(long), 'content-length': String(long.length) }, '{')).toMatch(refusedAndClosed)
    expect((await post(ping, { ...good(), 'content-encoding': 'gzip' })).status).toBe(401)
  })

  test.each([
    ['wrong headers', () => ({ 'content-length': '400000000' })],
    ['more than may come', () => ({ ...good(), 'content-length': '400000000' })],
    ['compressed bytes', () => ({ ...good(), 'content-encoding': 'gzip', 'content-length': '400000000' })],
    ['no end', () => ({ ...good(), 'transfer-encoding': 'chunked' }), `92800\r\n${'x'.repeat(0x92800)}\r\n`],
  ])('whoever sends %s is hung up on after the 401, before all of it has come', async (_, sent, beginning = '{') => {
    expect(await rudely(sent(), beginning)).toMatch(refusedAndClosed)
  })

  test('a forgery of the right shape ends its connection too', async () => {
    const sent = { ...good(), 'content-length': String(ping.length) }
    expect(await rudely(sent, ping.replace('"version":1', '"version":2'))).toMatch(refusedAndClosed)
  })

  test('a PING needs no more than its type', async () => {
    expect(await post('{"type":1}', headers('{"type":1}'))).toEqual({ status: 200, text: '{"type":1}' })
  })

  test.each(['null', '[]', '5', '{}', '{"id":5,"type":2}', '{"id":"5","type":77}', 'no JSON'])(
    'signed, but no interaction: %s gets 400, and the operator one line without it',
    async (body) => {
      world.warnings.length = 0
      expect((await post(body, headers(body))).status).toBe(400)
      expect(world.warnings).toEqual([expect.stringContaining('an interaction that this version does not know')])
    },
  )

  test.each<[string, object]>([
    ['options that are no list', { data: { name: 'help', type: 1, options: {} } }],
    ['nothing resolved', { data: { name: 'liked', type: 1, resolved: null, options: [{ name: 5 }] } }],
    ['a custom id that is a number', { type: 3, data: { custom_id: 5 } }],
    ['fields that are no list', { type: 5, data: { custom_id: 'liked:1', components: {} } }],
    ['a name that is a list', { user: { id: '5', username: [] } }],
  ])('signed, but with %s: it is answered all the same', async (_, changes) => {
    const id = String(1_180_000_000_000_001_000n + BigInt(Object.keys(changes).length + JSON.stringify(changes).length))
    const body = JSON.stringify({ ...help(), ...changes, id })
    expect([200, 400]).toContain((await post(body, headers(body))).status)
    expect(world.errors).toEqual([])
  })

  test('whoever adds a query to the address is answered too, and whoever adds a slash has another one', async () => {
    const asked = async (address: string) =>
      (await fetch(address, { method: 'POST', headers: good(), body: ping })).status
    expect([await asked(`${url}?from=discord`), await asked(`${url}/`)]).toEqual([200, 404])
  })

  test('whoever hangs up in the middle of a body disturbs nobody', async () => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const lines = Object.entries(good()).map((pair) => pair.join(': '))
    const awaiting = ['Content-Length: 500', 'Expect: 100-continue']
    socket.write(['POST /interactions HTTP/1.1', 'Host: x', ...awaiting, ...lines, '', '{"id"'].join('\r\n'))
    const [began] = (await once(socket, 'data')) as [Buffer]
    expect(began.toString()).toMatch(/^HTTP\/1\.1 100 /)
    socket.destroy()
    expect((await post(ping, good())).status).toBe(200)
  })

  test('the same interaction twice is handled once, and the second one has nothing to read', async () => {
    const body = JSON.stringify({ ...help(), id: '1180000000000000777' })
    const [one, other] = await Promise.all([post(body, headers(body)), post(body, headers(body))])
    expect(new Set([one.status, other.status])).toEqual(new Set([200, 202]))
    expect([one.text, other.text].filter(Boolean)).toHaveLength(1)
    expect(await post(body, headers(body, seconds(-2)))).toEqual({ status: 202, text: '' })
  })
})

const refusedAndClosed = /^HTTP\/1\.1 401 [^]*\r\nconnection: close\r\n/i

const flip = (digit: string): string => (digit === '0' ? '1' : '0')

/** A command as Discord sends it from a direct message, with no more than it has to say. */
function help(): object {
  return {
    ...{ type: 2, version: 1, token: 'aW50ZXJhY3Rpb24', application_id: '1180000000000000001', context: 1 },
    ...{ app_permissions: '0', locale: 'en-US', entitlements: [{ id: '1' }], authorizing_integration_owners: {} },
    ...{ user: { id: '175928847299117063', username: 'ana', global_name: 'Ana', avatar: null, discriminator: '0' } },
    ...{ channel: { id: '1180000000000000050', type: 1, recipients: [] }, channel_id: '1180000000000000050' },
    data: { id: '1180000000000000060', name: 'help', type: 1 },
  }
}
