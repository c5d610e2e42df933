import { hostname } from 'node:os'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConfigError, readStorage } from '../../src/config.ts'
import { openRedis } from '../../src/store/redis.ts'
import { readRedisAddress } from '../../src/store/redis-address.ts'
import { failureOf } from './failing.ts'
import { runs } from '../world/runs.ts'

const plain = {
  masterName: undefined,
  tls: false,
  username: undefined,
  password: undefined,
  database: 0,
  mayBeCut: false,
}
const cut = { ...plain, mayBeCut: true }
const here = [{ host: 'h', port: 6379 }]

test.for([
  ['redis://h', { ...cut, nodes: here }],
  ['redis://h/', { ...cut, nodes: here }],
  ['redis://h:7000/3', { ...cut, nodes: [{ host: 'h', port: 7000 }], database: 3 }],
  ['REDISS://redis_1.internal', { ...cut, tls: true, nodes: [{ host: 'redis_1.internal', port: 6379 }] }],
  ['redis://[::1]:7000', { ...plain, nodes: [{ host: '::1', port: 7000 }] }],
  ['redis://:pw@h', { ...plain, nodes: here, password: 'pw' }],
  ['redis://ana:a:b;!$&=+~@h', { ...plain, nodes: here, username: 'ana', password: 'a:b;!$&=+~' }],
  ['redis://default:57%23Wc@h:6379', { ...plain, nodes: here, username: 'default', password: '57#Wc' }],
  ['redis://:%2F%3f%2C%25%40%C3%A9%20@h', { ...plain, nodes: here, password: '/?,%@é ' }],
  ['redis://default', 'names a user and no host'],
  [
    'redis://:pw@one:1,redis://:pw@two:2,redis://three/0',
    {
      ...cut,
      password: 'pw',
      nodes: ['one', 'two', 'three'].map((host, index) => ({ host, port: [1, 2, 6379][index] })),
    },
  ],
  ['redis://default:57#Wc@h:6379', '# as %23'],
  ['redis://default:4242?Wc@h', '? as %3F'],
  ['redis://default:42/Wc@h', '/ as %2F'],
  ['redis://default:a%b@h', '% as %25'],
  ['redis://default:a,b@h:6379', ', as %2C'],
  ['redis://default:a@b@h:6379', '@ as %40'],
  ['redis://default:a#b/c,d@h:6379', '# as %23, / as %2F, , as %2C'],
  ['redis://one:1,redis://:a,b@two:2', ', as %2C'],
  ['redis://:pass word@h', 'a space as %20'],
  ['redis://:naïve@h', 'encode it as UTF-8'],
  ['redis://:%E9t%E9@h', 'encode it as UTF-8'],
  ['redis://default:57', 'names a user and no host'],
  ['redis://admin:57#Wc', 'If it is of a password, write # / ? as %23 %2F %3F, and the host after an @'],
  ['redis://admin:57/Wc', 'If it is of a password, write # / ? as %23 %2F %3F, and the host after an @'],
  ['redis://admin:57?Wc', 'If it is of a password, write # / ? as %23 %2F %3F, and the host after an @'],
  ['redis://ana:57x', 'port'],
  ['redis://:57x', 'name a host'],
  // What is left of a password with a # in it, as .env files cut it.
  ...['redis://:57', 'redis://ana:Wc', 'rediss://default:', 'redis+sentinel://:57', 'redis+sentinel://ana:Wc'].map(
    (url) => [url, 'A # in a password is written %23'] as const,
  ),
  ['redis://h/my-bot', 'the number of a database'],
  ['redis://h/0/', 'the number of a database'],
  ['redis://h/-1', 'the number of a database'],
  ['redis://h//3', 'the number of a database'],
  ['redis://h?db=3', 'goes behind a /: redis://user:password@host:6379/3'],
  ['redis://h/3?db=3', 'has a ? after the host'],
  ['rediss://h?ssl_cert_reqs=none', 'has a ? after the host'],
  ['redis://u:p@h?', 'has a ? after the host'],
  ['redis://h#3', 'has a # after the host'],
  ['redis://h:0', 'port that is no number from 1 to 65535'],
  ['redis://h:70000', 'port that is no number from 1 to 65535'],
  ['redis://h:', 'port that is no number from 1 to 65535'],
  ['redis://h h', 'has a host that is none'],
  ['redis://[::1', 'has a host that is none'],
  ['redis://one:1/1,redis://two:2/1', 'a cluster has only number 0'],
  ['redis://one:1,redis://two:2/1', 'a cluster has only number 0'],
  ['redis://one:1,rediss://two:2', 'the same redis:// or rediss://'],
  ['redis://:a@one:1,redis://:b@two:2', 'one user name and password'],
  ['redis://one,two:6379', 'must start with redis:// or rediss://'],
  ['redis://one,', 'must start with redis:// or rediss://'],
  ['http://h', 'must start with redis:// or rediss://'],
  ['h:6379', 'must start with redis:// or rediss://'],
  ['redis:h', 'must start with redis:// or rediss://'],
  ['redis:///var/run/redis.sock', 'must start with redis:// or rediss:// and name a host'],
  ['', 'must start with redis:// or rediss://'],
] as const)('CF-174 %s', ([url, expected]) => {
  const address = readRedisAddress(url)
  if (typeof expected === 'string') expect(address).toContain(expected)
  else expect(address).toEqual(expected)
})

const signs = fc.constantFrom(
  ...'a b c X Y Z 0 1 2 3 4 5 6 7 8 9 # / ? , % @ : + & = ! $ \' " [ ] \\ é 漢'.split(' '),
  ' ',
)
const passwords = fc.string({ unit: signs, minLength: 1, maxLength: 24 })
const login = fc.tuple(fc.constantFrom('', 'default', 'ana'), passwords)

test('a login that is encoded is read as it is meant, whatever it holds', () => {
  fc.assert(
    fc.property(login, fc.constantFrom('h', 'h:7000/3', '[::1]'), ([name, password], rest) => {
      const address = readRedisAddress(`redis://${name}:${encodeURIComponent(password)}@${rest}`)
      expect(address).toMatchObject({ password, username: name || undefined })
    }),
  )
})

test('no flaw holds a piece of the password, however the address is broken', () => {
  const shapes = fc.constantFrom(
    (name: string, password: string) => `redis://${name}:${password}@h:6379`,
    (name: string, password: string) => `rediss://${name}:${password}`,
    (name: string, password: string) => `redis://one:1,redis://${name}:${password}@h`,
    (name: string, password: string) => `redis://h/${name}?password=${password}`,
    (name: string, password: string) => `redis://${name}:${password}@h/my-bot`,
    (name: string, password: string) => `${name}:${password}@h`,
    (name: string, password: string) => `redis://h:6379#${name}${password}`,
  )
  // Whatever these sentences say of anything.
  const usual = flawsOf([
    'redis://:#/?,%@@h redis://: @h redis://h?x redis://h#x redis://h/x redis://h:x redis://default x redis://h|',
    'redis://one/1,redis://two redis://one,rediss://two redis://:a@one,redis://:b@two',
  ])
  fc.assert(
    fc.property(login, shapes, ([name, password], shape) => {
      const flaw = readRedisAddress(shape(name, password))
      if (typeof flaw !== 'string') return
      const said = [flaw, saidBySettings(shape(name, password))].join(' ')
      for (let start = 0; start + 3 <= password.length; start += 1) {
        const piece = password.slice(start, start + 3)
        if (!usual.includes(piece)) expect(said).not.toContain(piece)
      }
    }),
  )
})

const cutAtHash = 'A # in .env ends a value without quotes: in a password it is written %23.'

test.for([
  ['nobody knows that name', 'redis://hearsay:57314', cutAtHash],
  ['a machine has that name too', `redis://${hostname()}:57314`, cutAtHash],
  ['the last of a cluster', `redis://ana:sesame@127.0.0.1:1,redis://${hostname()}:57314`, 'in REDIS_URL'],
] as const)('digits of a password that a # in .env has cut off are not quoted: %s', async ([, url, sentence]) => {
  const failure = await failureOf(openRedis(url))
  expect(inspect(failure, { depth: 9 })).not.toMatch(/57314|sesame/)
  expect(failure.message).toContain(sentence)
})

test('no failure of a start at a closed port holds a piece of the login either, nor does its stack or cause', async () => {
  // Without the numbers of lines, which hold any three digits.
  const saidOf = async (url: string) =>
    inspect(await failureOf(openRedis(url)), { depth: 9 }).replaceAll(/:\d+:\d+\)?$/gm, '')
  const urls = ['redis://127.0.0.1:1', 'rediss://127.0.0.1:1']
  const usual: string[] = []
  for (const url of urls) usual.push(await saidOf(url))
  await fc.assert(
    fc.asyncProperty(login, fc.constantFrom(...urls), async ([name, password], url) => {
      const said = await saidOf(url.replace('//', `//${name}:${encodeURIComponent(password)}@`))
      expect(said).toContain('No Redis answers at 127.0.0.1:1')
      for (let start = 0; start + 3 <= password.length; start += 1) {
        const piece = password.slice(start, start + 3)
        if (!usual.some((text) => text.includes(piece))) expect(said).not.toContain(piece)
      }
    }),
    { numRuns: runs(20) },
  )
})

function flawsOf(lists: string[]): string {
  const values = lists.flatMap((list) => list.split(/ (?=redis|x)/))
  const fixed =
    'REDIS_URL contains a line break: paste it again, on one line. has quotation marks around it: remove them. '
  return fixed + values.map((value) => `${JSON.stringify(readRedisAddress(value))} ${saidBySettings(value)}`).join(' ')
}

function saidBySettings(value: string): string {
  try {
    readStorage({ REDIS_URL: value, TOKEN_KEYS: `k1:${Buffer.alloc(32).toString('base64')}` })
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}
