import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createBrowser, words } from '../../sandbox/browser.ts'
import { startWorld, type World } from '../world/world.ts'
import { expectRefusal, formHeaders } from './flow.ts'

let world: World
beforeAll(async () => (world = await startWorld({ TRUST_PROXY: '2' })))
afterAll(() => world.stop())
const at = (path: string) => `${world.env['PUBLIC_URL']}${path}`

test('a client that takes too long is hung up on, and keeps nobody else waiting', async () => {
  const head = 'POST /link HTTP/1.1\r\nHost: liked.example\r\n'
  const form = `${head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n`
  // Who says nothing, or less than a line, is hung up on without a word.
  const silent = ['', 'GET /li'].map((beginning) => answerTo(beginning, { drip: '' }))
  const slow = [
    answerTo(head, { drip: '' }),
    answerTo(`${form}for=`, { drip: '' }),
    answerTo(`${head}X-Slow: `, { drip: 'a' }),
    answerTo(form, { drip: 'a' }),
    ...Array.from({ length: 200 }, () => answerTo(head, { drip: '' })),
  ]
  expect((await fetch(at('/link'))).status).toBe(200)
  for (const answer of await Promise.all(silent)) expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/)
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /)
})

describe('what does not fit', () => {
  test.each([
    ['in another case', '/Link'],
    ['with a slash at its end', '/link/'],
    ['with two slashes', '//link'],
    ['with an encoded slash', '/link%2Fconfirm'],
    ['of a file', '/.env'],
    ['that climbs', '/link/..%2f..%2f.env'],
    ['that cannot be decoded', '/%E0%A4%A'],
    ['of eight thousand letters', `/${'a'.repeat(8_000)}`],
  ])('an address %s leads nowhere', async (_, path) => {
    expectRefusal(await createBrowser().send(at(path)))
  })

  test.each(['PROPFIND', 'TRACE', 'PATCH', 'QUERY', 'MKCOL'])(
    '%s is answered 405 wherever something is',
    async (method) => {
      for (const path of [
        '/link',
        '/link/confirm',
        '/link/done',
        '/callback/discord',
        '/callback/spotify',
        '/health',
      ]) {
        expect(await answerTo(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
          /^HTTP\/1\.1 405 /,
        )
      }
    },
  )

  test.each([
    ['without a host', 'GET /link HTTP/1.1\r\n\r\n'],
    ['of another protocol', 'GET /link HTTP/3.0\r\nHost: x\r\n\r\n'],
    ['with two lengths', 'POST /link HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'with a length and chunks',
      'POST /link HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['with a line feed in a header', 'GET /link HTTP/1.1\r\nHost: x\r\nX-Two: a\n b\r\n\r\n'],
    ['with a name that is none', 'GET /link HTTP/1.1\r\nHost: x\r\nX Two: a\r\n\r\n'],
    ['of a TLS handshake', '\u0016\u0003\u0001\u0002\u0000'],
  ])('a request %s is refused before the program sees it', async (_, bytes) => {
    expect(await answerTo(bytes)).toMatch(/^HTTP\/1\.1 400 /)
  })

  test.each([
    ['a bomb of gzip', gzipSync('a'.repeat(1_000_000)), { 'content-encoding': 'gzip' }, 413],
    ['gzip that is none', 'for=1', { 'content-encoding': 'gzip' }, 400],
    ['an encoding that nobody knows', 'for=1', { 'content-encoding': 'rot13' }, 415],
    [
      'a charset that nobody knows',
      'for=1',
      { 'content-type': `${formHeaders['content-type']}; charset=klingon` },
      415,
    ],
    ['five kilobytes of no announced length', new Blob(['a'.repeat(5_000)]).stream(), {}, 413],
  ])('a form with %s is refused', async (_, body, headers, status) => {
    const answer = await fetch(at('/link'), {
      ...{ method: 'POST', body, headers: { ...formHeaders, origin: at(''), ...headers }, redirect: 'manual' },
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain('That did not fit')
  })

  test.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain'])(
    'a body of %s says nothing',
    async (type) => {
      const headers = { 'content-type': type, origin: at('') }
      const answer = await fetch(at('/link/confirm'), { method: 'POST', headers, body: '{"token":"x"}' })
      expect(await answer.text()).toContain('Start again')
      expect(answer.status).toBe(400)
    },
  )
})

describe('limits per address, behind two proxies', () => {
  // All within one minute, however long they take.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  const guesses = (count: number, address: (number: number) => string) =>
    Promise.all(
      Array.from({ length: count }, async (_, number) => {
        const answer = await fetch(at('/callback/discord'), { headers: { 'x-forwarded-for': address(number) } })
        return { status: answer.status, wait: answer.headers.get('retry-after'), text: await answer.text() }
      }),
    )
  const refused = (answers: Awaited<ReturnType<typeof guesses>>) => answers.filter(({ status }) => status === 429)

  test('a client that puts other addresses before its own is limited all the same, and told how long', async () => {
    // The nearest proxy is the connection itself; the one before it has added whom it saw, at the end.
    const answers = await guesses(70, (number) => `10.9.9.${number}, 203.0.113.${number}, 198.51.100.7, 10.0.0.1`)
    expect(refused(answers)).toHaveLength(10)
    const [slowDown] = refused(answers)
    expect(Number(slowDown?.wait)).toBeGreaterThan(0)
    expect(slowDown?.text).toContain('wait a minute')
  })

  test('people behind the same proxies do not count for one another', async () => {
    const answers = await guesses(70, (number) => `192.0.2.${number}, 10.0.0.1`)
    expect(refused(answers)).toEqual([])
  })

  test('addresses of one IPv6 network count for one another', async () => {
    const answers = await guesses(70, (number) => `2001:db8:1:2:${number.toString(16)}::1, 10.0.0.1`)
    expect(refused(answers)).toHaveLength(10)
  })

  test.each([
    ['an IPv4 address and a port', (port: number) => `203.0.113.77:${port}, 10.0.0.1`],
    ['an IPv6 address and a port', (port: number) => `[2001:db8:7::1]:${port}, 10.0.0.1`],
    ['no address at all', (port: number) => `nobody-${port}, 10.0.0.1`],
  ])('a client that comes as %s, another one each time, is limited, and nothing is written', async (_, address) => {
    const complaint = vi.spyOn(console, 'error')
    onTestFinished(() => complaint.mockRestore())
    const answers = await guesses(70, (number) => address(40_000 + number))
    expect(refused(answers)).toHaveLength(10)
    expect(complaint).not.toHaveBeenCalled()
  })

  test('Ana goes the whole way six times in a row, in one browser, and is never stopped', async () => {
    const ana = world.person('ana')
    ana.browser.headers['x-forwarded-for'] = '198.51.100.99, 10.0.0.1'
    for (let turn = 1; turn <= 6; turn += 1) {
      const done = await ana.links()
      expect(done.status, words(done)).toBe(200)
    }
  })
})

/** What comes back until the connection ends. With `drip` the rest comes slowly, or never. */
async function answerTo(beginning: string, { drip }: { drip?: string } = {}): Promise<string> {
  const { hostname, port } = new URL(at('/'))
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
    if (drip === undefined) socket.end()
  })
  // Where it is hung up on in the middle of what it sends.
  socket.on('error', () => undefined)
  socket.write(beginning, 'latin1')
  const dripping = drip ? setInterval(() => socket.write(drip), 300) : undefined
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(dripping)
  return answer
}
