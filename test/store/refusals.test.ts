import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { leastRights } from '../../src/store/redis-check.ts'
import { openRedis } from '../../src/store/redis.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { uncaughtDuring } from '../abuse/uncaught.ts'
import { makeCertificate } from '../world/certificate.ts'
import { spawnProgram } from '../world/process.ts'
import { startSandbox } from '../world/sandbox.ts'
import { waitLimit } from '../world/until.ts'
import { failureOf } from './failing.ts'
import { formCluster, startRedis, startTlsRedis, tell, withoutRedis } from './redis-server.ts'

const certificate = makeCertificate()

describe.skipIf(withoutRedis())('a start that a Redis refuses says what it said and what to do', () => {
  let redis: Awaited<ReturnType<typeof startTlsRedis>>
  beforeAll(async () => (redis = await startTlsRedis(certificate)))
  afterAll(() => redis?.stop())

  test('RD-131 a certificate of its own', async () => {
    expect(await refusal(redis.tlsUrl)).toMatch(/is not trusted: self-signed certificate\. Set REDIS_CA_FILE to/)
  })

  test('RD-131 one that is trusted, and one that is for another name', async () => {
    trust()
    const store = await openRedis(redis.tlsUrl, waitLimit)
    const index = randomBytes(1_800_000)
    await store.setBytes('ana', index, 60_000)
    expect((await store.getBytes('ana'))?.equals(index)).toBe(true)
    expect(await store.deleteBytes('ana')).toBe(true)
    await store.close()
    const elsewhere = makeCertificate(Buffer.of(127, 0, 0, 9))
    const other = await startTlsRedis(elsewhere)
    onTestFinished(() => other.stop())
    setDefaultCACertificates([elsewhere.cert])
    expect(await refusal(other.tlsUrl)).toMatch(/is for another name: .*not in the cert's list: 127\.0\.0\.9/)
  })

  test('RD-131 without TLS where there is TLS, and with it where there is none', async () => {
    expect(await refusal(`redis://127.0.0.1:${redis.tlsPort}`)).toMatch(/speaks TLS .*Write rediss:\/\//)
    expect(await refusal(`rediss://127.0.0.1:${redis.port}`)).toMatch(/does not speak TLS .*Write redis:\/\//)
  })

  test('RD-131 a certificate of the client is wanted: a sentence, and no error that nobody catches', async () => {
    trust()
    const strict = await startTlsRedis(certificate, ['--tls-auth-clients', 'yes'])
    onTestFinished(() => strict.stop())
    const uncaught = await uncaughtDuring(async () => {
      for (const url of [strict.tlsUrl, `${strict.tlsUrl},${strict.tlsUrl}`])
        expect(await refusal(url, usual)).toMatch(
          /refuses the TLS connection: .*certificate required\. .*tls-auth-clients no/,
        )
    })
    expect(uncaught).toEqual([])
  })

  test('RD-131 as a process: one sentence, no stack, and 1', async () => {
    const strict = await startTlsRedis(certificate, ['--tls-auth-clients', 'yes'])
    onTestFinished(() => strict.stop())
    const sandbox = await startSandbox()
    onTestFinished(() => sandbox.close())
    const file = join(sandbox.env['DATA_DIR'] ?? '', '..', `certificate-${strict.port}.pem`)
    writeFileSync(file, certificate.cert)
    onTestFinished(() => rmSync(file))
    const TOKEN_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`
    const refused = { REDIS_URL: strict.tlsUrl.replace('//', '//:pass-word@'), TOKEN_KEYS, NODE_EXTRA_CA_CERTS: file }
    const program = spawnProgram({ ...sandbox.env, ...refused })
    expect(await program.ended()).toBe(1)
    expect(program.output()).toMatch(/^Redis at 127\.0\.0\.1:\d+ refuses the TLS connection: [^\n]+\n$/)
    expect(program.output()).not.toContain('pass-word')
  })

  test('RD-131 a list of nodes where there is no cluster', async () => {
    expect(await refusal(`${redis.url},${redis.url}`)).toMatch(
      /is not a cluster\. Write one address .*It says: ERR This instance has cluster support disabled\./,
    )
  })

  test('RD-131 a database that there is not', async () => {
    expect(await refusal(`${redis.url}/99`)).toMatch(
      /does not have this database\. .*It says: ERR DB index is out of range/,
    )
  })

  test.for([
    ['no keys', ['+@all'], /NOPERM .*no permissions to access (?:one of the keys|a key)/i],
    ['keys of others', ['~another:*', '+@all'], /NOPERM .*no permissions to access (?:one of the keys|a key)/i],
    ['no scripts', ['~*', '+@all', '-@scripting'], /NOPERM .* 'eval' command/],
    ['no scan', ['~*', '+@all', '-scan'], /NOPERM .* 'scan' command/],
    ['no sets', ['~*', '+@all', '-sadd'], /NOPERM .* 'sadd' command/],
    ['no sorted sets', ['~*', '+@all', '-zrangebyscore'], /NOPERM .* 'zrangebyscore' command/],
    [
      'no time within scripts',
      ['~*', '+@all', '-time'],
      /ERR .*(?:can't run this command|no permissions to run the 'time' command)/,
    ],
    ['only reading', ['~*', '+@read', '+@connection'], /NOPERM/],
  ] as const)('RD-139 a user with %s', async ([, rules, said]) => {
    await tell(redis, 'ACL', 'SETUSER', 'ana', 'reset', 'on', '>pass-word', ...rules)
    const sentence = await refusal(redis.url.replace('//', '//ana:pass-word@'))
    expect(sentence).toMatch(said)
    expect(sentence).toContain('does not let this user work. Run ACL SETUSER')
    expect(await tell(redis, 'DBSIZE')).toBe(':0')
  })

  test('RD-139 a user with the rights that the sentence names may start, and leaves nothing', async () => {
    const [, rules = ''] = /SETUSER <user> (.*?),/.exec(await refusalOf(['+@all'])) ?? []
    await tell(redis, 'ACL', 'SETUSER', 'ana', 'reset', 'on', '>pass-word', ...rules.split(' '))
    const store = await openRedis(redis.url.replace('//', '//ana:pass-word@'), waitLimit)
    await store.close()
    expect(await tell(redis, 'DBSIZE')).toBe(':0')
  })

  test('RD-131 too many clients', async () => {
    const full = await startRedis(['--maxclients', '2'])
    onTestFinished(() => full.stop())
    const others = [0, 1].map(() => connect(full.port, '127.0.0.1'))
    onTestFinished(() => others.forEach((socket) => socket.destroy()))
    for (const socket of others) socket.write('PING\r\n')
    await Promise.all(others.map((socket) => once(socket, 'data')))
    for (const url of [full.url, `${full.url},${full.url}`])
      expect(await refusal(url)).toMatch(
        /takes no more connections\. Raise its maxclients.*ERR max number of clients reached/,
      )
  })

  test('RD-131 a web server', async () => {
    const web = createServer((_request, response) => response.end('Hello')).listen(0, '127.0.0.1')
    onTestFinished(() => void web.close())
    await once(web, 'listening')
    const { port } = web.address() as AddressInfo
    expect(await refusal(`redis://127.0.0.1:${port}`)).toMatch(/is no Redis\. It says: HTTP\/1\.1 400 Bad Request/)
    expect(await refusal(`rediss://127.0.0.1:${port}`)).toMatch(/is no Redis, .*It says: HTTP\/1\.1 400 Bad Request/)
  })

  test('RD-139 a cluster: a wrong login, no login, and slots that nobody has', async () => {
    const node = await startRedis(['--cluster-enabled', 'yes', '--requirepass', 'pass-word'])
    onTestFinished(() => node.stop())
    const nodes = (login: string) => `${node.url.replace('//', `//${login}`)},${node.url}`
    expect(await refusal(nodes(':wrong-word@'))).toMatch(/refuses the login\. .*It says: WRONGPASS/)
    expect(await refusal(nodes(''))).toMatch(/refuses the login\. .*It says: NOAUTH/)
    expect(await refusal(node.url.replace('//', '//:pass-word@'))).toMatch(
      /part of a cluster that is not whole\. .*CLUSTERDOWN/,
    )
  })

  test('RD-131 a cluster that names a node which cannot be reached', async () => {
    const announced = ['--cluster-announce-ip', '127.0.0.9', '--cluster-announce-port', '9']
    const node = await startRedis(['--cluster-enabled', 'yes', ...announced])
    onTestFinished(() => node.stop())
    await formCluster(node)
    expect(await refusal(`${node.url},${node.url}`, usual)).toMatch(
      /names 127\.0\.0\.9:9 as one of the cluster, .*ECONNREFUSED.*cluster-announce-ip/,
    )
  })

  test('a server that quotes what it was told does not make us quote a password', async () => {
    const echo = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void echo.close())
    echo.removeAllListeners('connection').on('connection', (socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk) =>
        socket.write(`-ERR unknown command, with args beginning with: ${chunk.toString().replace(/\s+/g, ' ')}\r\n`),
      )
    })
    await once(echo, 'listening')
    const { port } = echo.address() as AddressInfo
    expect(await refusal(`redis://:pass-word@127.0.0.1:${port}`)).toContain('It says: ERR unknown command.')
  })

  test.for([
    ['-WRONGPASS no such secret: %s', 'refuses the login', 'It says: WRONGPASS …'],
    ['-NOPERM %s is not enough', 'does not let this user work', 'It says: NOPERM …'],
    ['-ERR %s', 'does not take data', 'It says: ERR …'],
    ['-%s ', 'does not take data', 'It says: …'],
    ['-no such secret: %s', 'answers, but work does not succeed (…)', ''],
  ])('a reply is never quoted that repeats the password: %j', async ([reply = '', is, says]) => {
    const echo = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void echo.close())
    echo.removeAllListeners('connection').on('connection', (socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        const commands = String(chunk).match(/^\*\d+\r$/gm) ?? []
        socket.write(commands.length > 0 ? `${reply.replace('%s', 'SESAME')}\r\n`.repeat(commands.length) : '+PONG\r\n')
      })
    })
    await once(echo, 'listening')
    const { port } = echo.address() as AddressInfo
    const failure = await failureOf(openRedis(`redis://:SESAME@127.0.0.1:${port}`, waitLimit))
    expect(inspect(failure, { depth: 9 })).not.toContain('SES')
    expect(failure.message).toContain(is)
    expect(failure.message).toContain(says)
  })

  test.for(leastRights.split(' ').filter((right) => right.startsWith('+') && right !== '+ping'))(
    'RD-139 a user with all of the rights that are listed, but not %s',
    async (right) => {
      expect(await refusalOf([...leastRights.split(' '), right.replace('+', '-')])).toMatch(
        /Run ACL SETUSER.* It says: /,
      )
      expect(await tell(redis, 'DBSIZE')).toMatch(right.endsWith('del') ? /^:\d/ : /^:0$/)
      await tell(redis, 'FLUSHALL')
    },
  )

  function trust(): void {
    const trusted = getCACertificates('default')
    onTestFinished(() => setDefaultCACertificates(trusted))
    setDefaultCACertificates([certificate.cert])
  }

  async function refusalOf(rules: readonly string[]): Promise<string> {
    await tell(redis, 'ACL', 'SETUSER', 'ana', 'reset', 'on', '>pass-word', ...rules)
    return refusal(redis.url.replace('//', '//ana:pass-word@'))
  }
})

// Where a start waits for its whole time; else long, for busy machines.
const usual = 1_500

async function refusal(url: string, patience = waitLimit): Promise<string> {
  const failure = await failureOf(openRedis(url, patience))
  expect(failure).toBeInstanceOf(StoreUnavailableError)
  expect(inspect(failure, { depth: 9 })).not.toMatch(/pass-word|wrong-word/)
  return failure.message
}
