import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import { ConfigError, readStorage } from '../../src/config.ts'
import { openStore } from '../../src/store/open-store.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { makeCertificate } from '../world/certificate.ts'
import { waitLimit } from '../world/until.ts'
import { failureOf } from './failing.ts'
import { formCluster, startRedis, startSentinel, startTlsRedis, tell, withoutRedis } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

const works = 'works'

// What is in { } is a server of this kind at 127.0.0.1, or only its port where a host is before it.
const ways: readonly (readonly [url: string, outcome: typeof works | RegExp, trusted?: string])[] = [
  ['redis://{open}', works],
  ['REDIS://{open}/', works],
  ['redis://{open}/3', works],
  ['redis://localhost:{open}', works],
  ['redis://:@{open}', works],
  ['redis://{open}/99', /does not have this database\. Correct the number behind the host in REDIS_URL/],
  ['redis://:any-word@{open}', /has no password\. Remove the one in REDIS_URL/],
  ['redis://ana@{open}', /refuses the login\. .* A password alone has a : before it\. .*WRONGPASS/],
  ['redis://{open},redis://{open}', /is not a cluster\. Write one address in REDIS_URL, without a comma/],
  ['rediss://{open}', /does not speak TLS there .*Write redis:\/\/ in REDIS_URL/],
  ['redis+sentinel://{open}/mymaster', /is a Redis and no Sentinel\. Write redis:\/\/ or rediss:\/\//],
  ['redis://:pass-word%23@{locked}', works],
  ['redis://default:pass-word%23@{locked}', works],
  ['redis://ana:other-word@{locked}', works],
  ['redis://{locked}', /refuses the login\. .*NOAUTH/],
  ['redis://pass-word%23@{locked}', /refuses the login\. .* A password alone has a : before it\. .*WRONGPASS/],
  ['redis://:pass-word@{locked}', /refuses the login\. .*WRONGPASS/],
  ['redis://ben:pass-word%23@{locked}', /refuses the login\. .*WRONGPASS/],
  ['redis://guest:guest-word@{locked}', /does not let this user work\. Run ACL SETUSER <user> ~hearsay:\* \+get \+set/],
  ['redis+sentinel://{locked}/mymaster', /refuses the login\. .*NOAUTH/],
  ['rediss://{tls}', works, 'tls'],
  ['rediss://localhost:{tls}', works, 'tls'],
  ['rediss://{tls}', /certificate of Redis .* is not trusted: self-signed certificate\. Set REDIS_CA_FILE/],
  ['rediss://{tls}', /is not trusted: self-signed certificate\. Set REDIS_CA_FILE/, 'old'],
  ['rediss://{tls},rediss://{tls}', /is not a cluster/, 'tls'],
  ['redis://{tls}', /speaks TLS there, and without it: .*Write rediss:\/\//],
  ['redis+sentinel://{tls}/mymaster', /speaks TLS there, and without it: .*Write rediss\+sentinel:\/\//],
  ['rediss://{elsewhere}', /is for another name: .*127\.0\.0\.9\. Write that name in REDIS_URL/, 'elsewhere'],
  ['rediss://{old}', /does not hold today: certificate has expired\. Renew it, and check the clock/, 'old'],
  ['rediss://{early}', /does not hold today: certificate is not yet valid\. Renew it/, 'early'],
  ['redis+sentinel://{sentinel}/mymaster', works],
  ['Redis+Sentinel://127.0.0.1:1,{sentinel}/mymaster/2', works],
  ['redis+sentinel://localhost:{sentinel}/mymaster', works],
  ['redis+sentinel://:any-word@{sentinel}/mymaster', /Redis at .*\(named by the Sentinels\) has no password\. Remove/],
  ['redis+sentinel://{sentinel}/another', /has no master of that name\. Correct the name in REDIS_URL/],
  ['redis+sentinel://{sentinel}/lost', /No Redis answers at 127\.0\.0\.1:1 \(named by the Sentinels\) .*announce-ip/],
  ['redis+sentinel://{sentinel}/copy', /\(named by the Sentinels\) is no master any more\. A failover is under way/],
  ['redis+sentinel://127.0.0.1:1,127.0.0.1:2/mymaster', /^No Sentinel answers at 127\.0\.0\.1:1, 127\.0\.0\.1:2/],
  ['rediss+sentinel://{sentinel}/mymaster', /does not speak TLS there .*Write redis\+sentinel:\/\//],
  ['redis://{sentinel}', /is a Sentinel\. Write redis\+sentinel:\/\/ .*the name of the master/],
  ['redis://:any-word@{sentinel}', /is a Sentinel\. Write redis\+sentinel:\/\//],
  ['redis://{sentinel},redis://{sentinel}', /is a Sentinel\. Write redis\+sentinel:\/\//],
  ['redis+sentinel://:pass-word%23@{guard}/mymaster', works],
  ['redis+sentinel://{guard}/mymaster', /refuses the login\. .*NOAUTH/],
  ['redis+sentinel://:any-word@{guard}/mymaster', /refuses the login\. .*WRONGPASS/],
  ['redis://:pass-word%23@{guard}', /is a Sentinel\. Write redis\+sentinel:\/\//],
  ['rediss+sentinel://{veiled}/mymaster', works, 'tls'],
  ['rediss+sentinel://{veiled}/mymaster', /certificate of Sentinel .* is not trusted: .* Set REDIS_CA_FILE/],
  ['rediss+sentinel://{veiled}/elsewhere', /is for another name: .*sentinel resolve-hostnames yes/, 'tls elsewhere'],
  ['rediss://{veiled}', /is a Sentinel\. .*or rediss\+sentinel:\/\/ with TLS/, 'tls'],
  ['redis://{node},redis://{node}', works],
  ['redis://:@{node},redis://localhost:{node}', works],
  ['redis://{node},redis://127.0.0.1:1', works],
  ['redis://{node}/0,redis://{node}/0', works],
  ['redis://{node}', works],
  ['redis://127.0.0.1:1', /^No Redis answers at 127\.0\.0\.1:1 .*Check that it is running/],
  ['redis://nowhere.invalid', /^No Redis answers at the address in REDIS_URL \(E[A-Z_]+\)/],
  ['redis://{web}', /is no Redis\. It says: HTTP\/1\.1 400/],
  ['rediss://{web}', /is no Redis, and speaks no TLS/],
  ['redis+sentinel://{web}/mymaster', /is no Sentinel\. It says: HTTP\/1\.1 400/],
  ['{open}', /must start with redis:\/\/ or rediss:\/\//],
  ['valkey://{open}', /must start with redis:\/\/ or rediss:\/\//],
  ['redis-sentinel://{sentinel}/mymaster', /must start with redis\+sentinel:\/\/ or rediss\+sentinel:\/\//],
  ['redis+sentinel://{sentinel}', /must end with the name that the Sentinels have for the master/],
  ['redis+sentinel://{sentinel}/my/master', /must end with the name that the Sentinels have for the master/],
  ['redis+sentinel://{sentinel}/mymaster?db=3', /has a \? in it, where nothing but the name of the master may be/],
  ['redis+sentinel://{sentinel}/0#mymaster', /has a # in it, where nothing but the name of the master may be/],
  ['redis+sentinel://{sentinel},redis+sentinel://{sentinel}/mymaster', /has its beginning more than once/],
  ['redis+sentinel://:pass-word#@{guard}/mymaster', /must be encoded: write # as %23/],
  ['redis+sentinel://,{sentinel}/mymaster', /must name a host at each comma/],
  ['redis+sentinel://{sentinel}:x/mymaster', /has a port that is no number .*redis\+sentinel:\/\//],
  ['redis+sentinel:///mymaster', /must name a host at each comma/],
  ['redis-cli -u redis://:pass-word%23@{locked}', /contains a space/],
  ['"redis://{open}"', /has quotation marks around it: remove them/],
  ['redis://{open} ', /contains a space/],
]

describe.skipIf(withoutRedis())(`${ways.length} ways to write REDIS_URL`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-url-'))
  const ends = new AsyncDisposableStack()
  const ports: Record<string, number> = {}
  const certificates = {
    tls: makeCertificate(),
    elsewhere: makeCertificate(Buffer.of(127, 0, 0, 9)),
    old: makeCertificate(undefined, [20, 21]),
    early: makeCertificate(undefined, [48, 49]),
  }
  afterAll(() => ends.disposeAsync())
  beforeAll(async () => {
    ends.defer(() => rmSync(folder, { recursive: true }))
    for (const [name, { cert, key }] of Object.entries(certificates)) {
      writeFileSync(join(folder, name), `${cert}${key}`)
      const server = ends.adopt(await startTlsRedis({ cert, key }), ({ stop }) => stop())
      ports[name] = server.tlsPort
    }
    const started = (name: string, server: RedisServer): RedisServer => {
      ports[name] = server.port
      return ends.adopt(server, ({ stop }) => stop())
    }
    started('open', await startRedis())
    const ana = ['--user', 'ana', 'on', '>other-word', '~*', '+@all']
    const guest = ['--user', 'guest', 'on', '>guest-word', '~*', '+@read', '+@connection']
    started('locked', await startRedis(['--requirepass', 'pass-word#', ...ana, ...guest]))
    await formCluster(started('node', await startRedis(['--cluster-enabled', 'yes'])))
    await tell(started('copy', await startRedis()), 'REPLICAOF', '127.0.0.1', String(ports['open']))
    const named = (names: Record<string, number | undefined>) =>
      Object.entries(names).flatMap(([name, port]) => [
        `sentinel monitor ${name} 127.0.0.1 ${port} 1`,
        `sentinel down-after-milliseconds ${name} 600000`,
      ])
    started('sentinel', await startSentinel(named({ mymaster: ports['open'], copy: ports['copy'], lost: 1 })))
    started('guard', await startSentinel(['requirepass "pass-word#"', ...named({ mymaster: ports['locked'] })]))
    ports['veiled'] = await freePort()
    const tls = [`tls-port ${ports['veiled']}`, 'tls-auth-clients no'].concat(
      ['cert', 'key', 'ca-cert'].map((what) => `tls-${what}-file ${join(folder, 'tls')}`),
    )
    const hidden = { mymaster: ports['tls'], elsewhere: ports['elsewhere'] }
    ends.adopt(await startSentinel([...tls, ...named(hidden)]), ({ stop }) => stop())
    const web = createServer((_request, response) => response.end('Hello')).listen(0, '127.0.0.1')
    ends.defer(() => void web.close())
    await once(web, 'listening')
    ports['web'] = (web.address() as AddressInfo).port
  })

  test.for(ways)('%s: %s', async ([way, outcome, trusted]) => {
    const REDIS_URL = way
      .replaceAll(/([^:])\{(\w+)\}/g, (_, before: string, name: string) => `${before}127.0.0.1:${ports[name]}`)
      .replaceAll(/\{(\w+)\}/g, (_, name: string) => String(ports[name]))
    const file = join(folder, `trusted-${trusted}`)
    if (trusted)
      writeFileSync(
        file,
        trusted
          .split(' ')
          .map((name) => readFileSync(join(folder, name), 'utf8'))
          .join(''),
      )
    const TOKEN_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`
    // Where nothing is to come of it, a start waits for its whole time.
    const patience = outcome === works ? waitLimit : 1_500
    const opening = (async () => {
      const { store } = readStorage({ REDIS_URL, TOKEN_KEYS, REDIS_CA_FILE: trusted && file })
      return openStore({ ...store, patience })
    })()
    if (outcome === works) {
      const store = await opening
      await store.set('links', 'ana', 'here')
      expect(await store.get('links', 'ana')).toBe('here')
      await store.close()
      return
    }
    const failure = await failureOf(opening)
    expect(failure instanceof ConfigError || failure instanceof StoreUnavailableError).toBe(true)
    expect(failure.message).toMatch(outcome)
    expect(failure.message).toMatch(/^[^\n]+[.…]$/)
    expect(inspect(failure, { depth: 9 })).not.toMatch(/(?:pass|other|any|guest)-word/)
  })

  test('every way is another one', () => {
    expect(new Set(ways.map(([url, , trusted]) => `${url} ${trusted}`)).size).toBe(ways.length)
  })
})
