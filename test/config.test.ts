import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, hasCredentials, readConfig } from '../src/config.ts'
import { fromFiles, variables } from '../src/config-rules.ts'
import { makeCertificate } from './world/certificate.ts'
import { complete } from './world/complete-settings.ts'

const key = Buffer.alloc(32, 7).toString('base64')
const snowflake = '123456789012345678'

test('the five credentials and PUBLIC_URL are enough', () => {
  expect(readConfig(complete)).toEqual({
    discord: {
      token: 'bot.token.value',
      clientId: snowflake,
      clientSecret: 'discord-secret-value',
      apiUrl: 'https://discord.com/api',
      authorizeUrl: 'https://discord.com/oauth2/authorize',
      channelsUrl: 'https://discord.com/channels',
    },
    spotify: {
      clientId: 'a'.repeat(32),
      clientSecret: 'b'.repeat(32),
      apiUrl: 'https://api.spotify.com/v1',
      accountsUrl: 'https://accounts.spotify.com',
    },
    web: { publicUrl: 'https://liked.example', host: '127.0.0.1', port: 8888, trustProxy: 0 },
    operator: {},
    policies: { privacy: 'https://liked.example/privacy', terms: 'https://liked.example/terms' },
    store: { directory: './data' },
    tokenKeys: 'data/token-keys',
    libraryCacheHours: 24,
    logLevel: 'info',
    languages: { fallback: 'en-US' },
    warnings: [],
  })
})

test('shards without a store that processes share are warned of', () => {
  const sharded = { ...complete, DISCORD_SHARDS: '0-3/16' }
  expect(readConfig(sharded).warnings).toEqual([expect.stringMatching(/^DISCORD_SHARDS is set without REDIS_URL/)])
  const shared = { ...sharded, REDIS_URL: 'redis://liked.example', TOKEN_KEYS: `k1:${key}` }
  expect(readConfig(shared).warnings).toEqual([])
})

test('everything else can be set too', () => {
  const config = readConfig({
    ...complete,
    PUBLIC_URL: 'http://127.0.0.1:9000',
    HOST: '0.0.0.0',
    PORT: '9000',
    TRUST_PROXY: '1',
    REDIS_URL: 'redis://:secret@one:6379,redis://:secret@two:6379',
    TOKEN_KEYS: `k2:${key},k1:${Buffer.alloc(32, 8).toString('base64')}`,
    DISCORD_PUBLIC_KEY: 'ab'.repeat(32),
    DISCORD_SHARDS: '2-3/16',
    DISCORD_GUILD_ID: snowflake,
    DISCORD_API_URL: 'http://127.0.0.1:5000/api/',
    SPOTIFY_API_URL: 'http://[::1]:5001/v1',
    SPOTIFY_WINDOW_REQUESTS: '100',
    SPOTIFY_DAILY_REQUESTS: '5000',
    METRICS_PORT: '9464',
    LIBRARY_CACHE_HOURS: '0.5',
    LOG_LEVEL: 'debug',
    OPERATOR_NAME: ' The Listening Club, Zürich ',
    OPERATOR_CONTACT: 'https://club.example/write?to=us#form',
    PRIVACY_URL: 'https://club.example/your-privacy',
    TERMS_URL: 'http://127.0.0.1:9000/terms',
    SPOTIFY_LOGO_URL: 'https://club.example/icon.png',
  })
  expect(config.libraryCacheHours).toBe(0.5)
  expect(config.web).toEqual({ publicUrl: 'http://127.0.0.1:9000', host: '0.0.0.0', port: 9000, trustProxy: 1 })
  expect(config.store).toEqual({ redisUrl: 'redis://:secret@one:6379,redis://:secret@two:6379' })
  expect(config.tokenKeys).toEqual([
    { id: 'k2', key: Buffer.alloc(32, 7) },
    { id: 'k1', key: Buffer.alloc(32, 8) },
  ])
  expect(config.discord).toMatchObject({
    apiUrl: 'http://127.0.0.1:5000/api',
    guildId: snowflake,
    publicKey: 'ab'.repeat(32),
    shards: { ids: [2, 3], total: 16 },
  })
  expect(config.spotify).toMatchObject({ apiUrl: 'http://[::1]:5001/v1', windowRequests: 100, dailyRequests: 5000 })
  expect(config).toMatchObject({ metricsPort: 9464, logLevel: 'debug' })
  expect(config.operator).toEqual({
    name: 'The Listening Club, Zürich',
    contact: 'https://club.example/write?to=us#form',
  })
  expect(config.policies).toEqual({
    privacy: 'https://club.example/your-privacy',
    terms: 'http://127.0.0.1:9000/terms',
  })
  expect(config.logoUrl).toBe('https://club.example/icon.png')
})

const refused: [string, Record<string, string>, RegExp][] = [
  ['CF-165 PUBLIC_URL with a path', { PUBLIC_URL: 'https://liked.example/link' }, /must end after the host/],
  ['CF-165 PUBLIC_URL with a query', { PUBLIC_URL: 'https://liked.example?a=1' }, /must end after the host/],
  ['CF-165 PUBLIC_URL with a trailing slash', { PUBLIC_URL: 'https://liked.example/' }, /must end after the host/],
  ['CF-165 PUBLIC_URL without a scheme', { PUBLIC_URL: 'liked.example' }, /must be a whole address/],
  ['CF-166 http on a public host', { PUBLIC_URL: 'http://liked.example' }, /must start with https/],
  ['CF-166 http on localhost', { PUBLIC_URL: 'http://localhost:8888' }, /not localhost/],
  ['CF-166 a user in PUBLIC_URL', { PUBLIC_URL: 'https://ana:pw@liked.example' }, /before the @/],
  ['CF-167 the secret as id', { DISCORD_CLIENT_ID: 'discord-secret-value' }, /not the secret/],
  ['CF-167 the id as secret', { DISCORD_CLIENT_SECRET: snowflake }, /holds an id or a token/],
  ['CF-167 the token as secret', { DISCORD_CLIENT_SECRET: 'bot.token.value' }, /holds an id or a token/],
  ['CF-167 the id as token', { DISCORD_TOKEN: snowflake }, /holds an id/],
  ['CF-167 the id twice', { SPOTIFY_CLIENT_SECRET: complete.SPOTIFY_CLIENT_ID }, /same as SPOTIFY_CLIENT_ID/],
  ['CF-168 a line break', { DISCORD_TOKEN: 'bot.token.\nvalue' }, /line break/],
  ['CF-168 a line break at the end', { SPOTIFY_CLIENT_SECRET: 'secret-value\n' }, /line break/],
  ['CF-168 quotes', { SPOTIFY_CLIENT_SECRET: '"secret-value"' }, /quotation marks/],
  ['CF-168 a byte order mark', { DISCORD_TOKEN: '\uFEFFbot.token.value' }, /byte order mark/],
  ['CF-168 a space', { DISCORD_TOKEN: 'Bot bot.token.value' }, /space/],
  ['CF-169 the example token', { DISCORD_TOKEN: 'your-discord-token' }, /example/],
  ['CF-170 TOKEN_KEYS missing', { REDIS_URL: 'redis://127.0.0.1' }, /^TOKEN_KEYS is missing.*openssl/],
  ['CF-171 a short key', { TOKEN_KEYS: 'k1:c2hvcnQ=' }, /base64 of 32 bytes/],
  ['CF-171 not base64', { TOKEN_KEYS: `k1:${'!'.repeat(43)}=` }, /base64 of 32 bytes/],
  ['CF-171 a key without id', { TOKEN_KEYS: key }, /must be id:key pairs/],
  ['CF-171 the same id twice', { TOKEN_KEYS: `k1:${key},k1:${key}` }, /same id twice/],
  ['CF-173 PORT in letters', { PORT: 'abc' }, /number from 1 to 65535/],
  ['CF-173 PORT 0', { PORT: '0' }, /number from 1 to 65535/],
  ['CF-173 PORT 70000', { PORT: '70000' }, /number from 1 to 65535/],
  ['CF-173 METRICS_PORT in letters', { METRICS_PORT: 'abc' }, /number from 1 to 65535/],
  ['CF-173 METRICS_PORT taken by the pages', { METRICS_PORT: '8888' }, /choose another/],
  ['CF-173 METRICS_PORT taken by the pages, with a zero', { METRICS_PORT: '08888' }, /choose another/],
  ['CF-174 REDIS_URL of a web page', { REDIS_URL: 'http://127.0.0.1', TOKEN_KEYS: `k1:${key}` }, /redis:\/\//],
  ['CF-174 one bad node', { REDIS_URL: 'redis://one,two:6379', TOKEN_KEYS: `k1:${key}` }, /redis:\/\//],
  ['CF-175 TRUST_PROXY=true', { TRUST_PROXY: 'true' }, /number of proxies/],
  ['an API on http', { DISCORD_API_URL: 'http://discord.example' }, /must be an https address/],
  ...[
    'https:api.example',
    'https:///api.example',
    'https://api.example/v1 ',
    ' https://api.example',
    'https:\\\\api.example',
  ].map((address): [string, Record<string, string>, RegExp] => [
    `an API at "${address}"`,
    { SPOTIFY_API_URL: address },
    /SPOTIFY_API_URL must be an https address/,
  ]),
  ['an API on localhost', { SPOTIFY_ACCOUNTS_URL: 'http://localhost:1' }, /must be an https address/],
  ['shards in the wrong order', { DISCORD_SHARDS: '3-0/16' }, /must look like 0-3\/16/],
  ['shards beyond the total', { DISCORD_SHARDS: '0-16/16' }, /must look like 0-3\/16/],
  ['a public key that is none', { DISCORD_PUBLIC_KEY: 'abc' }, /64 hex digits/],
  ['a server by name', { DISCORD_GUILD_ID: 'my-server' }, /id of a server/],
  ['a log level that is none', { LOG_LEVEL: 'loud' }, /one of fatal, error/],
  [
    'more than a week of an index',
    { LIBRARY_CACHE_HOURS: '169' },
    /LIBRARY_CACHE_HOURS must be a number of hours from 0 to 168/,
  ],
  ['hours that are no number', { LIBRARY_CACHE_HOURS: '-1' }, /hours from 0 to 168, such as 24 or 0.5/],
  ['no requests at all', { SPOTIFY_DAILY_REQUESTS: '0' }, /number of requests/],
  ...['ana', 'ana@example', '@club.example', 'mailto:ana@club.example', 'ana@club.example, ben@club.example'].map(
    (contact): [string, Record<string, string>, RegExp] => [
      `the contact "${contact}"`,
      { OPERATOR_CONTACT: contact },
      contact.includes(' ') ? /contains a space/ : /must be an email address or an https address/,
    ],
  ),
  ['a contact by http', { OPERATOR_CONTACT: 'http://club.example' }, /must be an email address or an https address/],
  ['a name of two lines', { OPERATOR_NAME: 'The\nClub' }, /name of 1 to 100 characters/],
  ['a name of blanks', { OPERATOR_NAME: '   ' }, /name of 1 to 100 characters/],
  ['a privacy page without a scheme', { PRIVACY_URL: 'club.example/privacy' }, /must be a whole https address/],
  ['terms with a user', { TERMS_URL: 'https://ana:pw@club.example' }, /whole https address.* without a user/],
  ['terms that run a script', { TERMS_URL: 'javascript:alert(1)' }, /must be a whole https address/],
  ['a logo by http', { SPOTIFY_LOGO_URL: 'http://club.example/icon.png' }, /must be a whole https address/],
  ['a logo that Discord does not show', { SPOTIFY_LOGO_URL: 'https://club.example/icon.SVG?1' }, /use a PNG/],
  ['a host with a scheme', { HOST: 'http://0.0.0.0' }, /host name/],
]

test.each(refused)('%s is refused in one sentence that keeps the value to itself', (_, wrong, sentence) => {
  const [name = '', value = ''] = Object.entries(wrong)[0] ?? []
  const problems = problemsOf({ ...complete, ...wrong })
  expect(problems).toEqual([expect.stringMatching(sentence)])
  expect(problems[0]).toContain(name)
  expect(problems[0]).toMatch(/^[A-Z_]+ [^\n]+\.$/)
  expect(problems[0]?.replace('0-3/16', '').replaceAll(/\d+ to \d+/g, '')).not.toContain(value)
})

test('CF-169 every example that needs an own value is refused as it is', () => {
  const examples = readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z_]+)=(.*)$/gm)
  const left = Object.fromEntries(Array.from(examples, ([, name = '', value = '']) => [name, value]))
  expect(Object.keys(left).toSorted()).toEqual(Object.keys(variables).toSorted())
  const named = problemsOf(left).map((problem) => problem.replace(/ .*/, ''))
  const needed = ['DISCORD_GUILD_ID', 'DISCORD_PUBLIC_KEY', 'OPERATOR_CONTACT', 'OPERATOR_NAME', 'REDIS_CA_FILE']
  expect(named.toSorted()).toEqual([...fromFiles, ...needed].toSorted())
})

test('our own page, set as a page of the operator’s, leads to itself and not in a circle', () => {
  const ours = readConfig(complete).policies
  for (const end of ['', '/']) {
    const set = { PRIVACY_URL: `https://Liked.example/privacy${end}`, TERMS_URL: `https://liked.example/terms${end}` }
    expect(readConfig({ ...complete, ...set }).policies).toEqual(ours)
  }
})

test.each(['ana@club.example', 'ana+bot@mail.club.example', 'https://club.example', 'https://discord.gg/abc'])(
  'people can be reached at %s',
  (contact) => {
    expect(readConfig({ ...complete, OPERATOR_CONTACT: contact }).operator.contact).toBe(contact)
  },
)

test('CF-176 a variable with our prefix that means nothing is only a warning', () => {
  const { warnings } = readConfig({ ...complete, DISCORD_TOKN: 'x', HEARSAY_QUIET_LAUNCH: '1', PATH: '/bin' })
  expect(warnings).toEqual([expect.stringMatching(/^DISCORD_TOKN .*check its spelling/)])
})

test('CF-180 a secret given directly and as a file is refused', () => {
  const problems = problemsOf({ ...complete, DISCORD_TOKEN_FILE: '/run/secrets/token' })
  expect(problems).toEqual(['Set either DISCORD_TOKEN or DISCORD_TOKEN_FILE, not both.'])
})

test('a secret can come from a file, with or without a line break at its end', () => {
  const files: Record<string, string> = { '/token': 'from.a.file\n', '/keys': `k1:${key}`, '/empty': '\n' }
  const read = (path: string) => files[path] ?? expect.unreachable(`read ${path}`)
  const { DISCORD_TOKEN: _, ...rest } = complete
  const config = readConfig({ ...rest, DISCORD_TOKEN_FILE: '/token', TOKEN_KEYS_FILE: '/keys' }, read)
  expect(config.discord.token).toBe('from.a.file')
  expect(config.tokenKeys).toHaveLength(1)
  expect(problemsOf({ ...rest, DISCORD_TOKEN_FILE: '/empty' }, read)).toEqual([
    expect.stringMatching(/^DISCORD_TOKEN_FILE names an empty file/),
  ])
  expect(problemsOf({ ...rest, DISCORD_TOKEN_FILE: '/no/such/file' })).toEqual([
    expect.stringMatching(/^DISCORD_TOKEN_FILE names a file that cannot be read/),
  ])
})

test('REDIS_CA_FILE: certificates and nothing else come out of the file, and what is none is refused', () => {
  const { cert, key: secret } = makeCertificate()
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-ca-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'ca.pem')
  const redis = { ...complete, REDIS_URL: 'rediss://liked.example', TOKEN_KEYS: `k1:${key}`, REDIS_CA_FILE: file }
  expect(problemsOf(redis)).toEqual(['REDIS_CA_FILE names a file that cannot be read: check its path and permissions.'])
  for (const text of ['', secret, cert.replace('M', '!'), `${cert}${cert.slice(0, 100)}-----END CERTIFICATE-----`]) {
    writeFileSync(file, text)
    expect(problemsOf(redis)).toEqual([
      expect.stringMatching(/^REDIS_CA_FILE names a file without a whole certificate/),
    ])
  }
  writeFileSync(file, `# Ours\n${cert}${secret}${cert}`)
  const redisCa = `${cert}${cert}`.trim()
  expect(readConfig(redis)).toMatchObject({ store: { redisCa }, warnings: [] })
  expect(readConfig({ ...redis, REDIS_URL: 'redis://liked.example' }).warnings).toEqual([
    'REDIS_CA_FILE has no effect without rediss:// in REDIS_URL: write that, or remove it.',
  ])
})

test('all that is wrong is told at once, and an empty variable is a missing one', () => {
  const problems = problemsOf({ ...complete, DISCORD_TOKEN: '', SPOTIFY_CLIENT_ID: undefined, PORT: 'abc' })
  expect(problems.map((problem) => problem.split(' ').slice(0, 3).join(' '))).toEqual([
    'DISCORD_TOKEN is missing:',
    'SPOTIFY_CLIENT_ID is missing:',
    'PORT must be',
  ])
})

test('one credential is enough to want no sandbox, files included', () => {
  expect(hasCredentials({ PATH: '/bin', DISCORD_TOKEN: '', REDIS_URL: 'redis://127.0.0.1' })).toBe(false)
  expect(hasCredentials({ SPOTIFY_CLIENT_SECRET_FILE: '/run/secrets/spotify' })).toBe(true)
  expect(hasCredentials({ ...complete, PUBLIC_URL: undefined })).toBe(true)
  expect(hasCredentials({ ...complete, DISCORD_TOKEN: undefined, DISCORD_TOKEN_FILE: '/token' })).toBe(true)
})

function problemsOf(environment: Record<string, string | undefined>, read?: (path: string) => string) {
  try {
    readConfig(environment, read)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

test('a file with a secret may begin with a byte order mark, and ends with one line break', () => {
  const read = () => `\uFEFF${'f'.repeat(32)}\r\n`
  const env = { ...complete, SPOTIFY_CLIENT_ID: undefined, SPOTIFY_CLIENT_ID_FILE: '/run/id' }
  expect(readConfig(env, read).spotify.clientId).toBe('f'.repeat(32))
})
