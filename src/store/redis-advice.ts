import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { RedisAddress } from './redis-address.ts'

/**
 * Why no Redis can be used there, with what to do. Quotes what the other side said, and never the login.
 * @param message what node-redis failed with
 */
export async function explain(address: RedisAddress, message: string): Promise<string> {
  const nodes = address.nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
  const where = address.mayBeCut ? 'the address in REDIS_URL' : nodes.join(', ')
  if (isReply(message)) return onReply(message, where, address)
  // node-redis does not tell what a server says that is no Redis, or that sends it away.
  const answers = await Promise.all(address.nodes.map((node) => greet(node, address.tls)))
  const index = Math.max(
    0,
    answers.findIndex(({ said }) => said !== ''),
  )
  const { said, code = '', reason } = answers[index] ?? silence
  const redis = `Redis at ${where}`
  if (isRedis(said)) {
    const beyond = / at (\S+:\d+)$/.exec(message)?.[1]
    if (!beyond)
      return `${redis} answers, but work does not succeed (${quotable(message, address.password)}). Look at its log, and in a cluster at CLUSTER INFO.`
    if (address.mayBeCut && nodes.includes(beyond))
      return `One node of those in REDIS_URL cannot be reached. Check each of them.${cutAtHash}`
    return `${redis} names ${beyond} as one of the cluster, and that cannot be reached: ${quotable(message.replace(/ at \S+$/, ''), address.password)}. Check cluster-announce-ip.`
  }
  if (said.startsWith('-')) return onReply(said.slice(1), where, address)
  if (said !== '') return `What answers at ${where} is no Redis. It says: ${printable(said)}. Check REDIS_URL.`
  if (/^E(?!RR_)(?!CONNRESET|PIPE)/.test(code)) {
    const says = `No Redis answers at ${where} (${address.mayBeCut ? code : reason}).`
    return `${says} Check that it is running and that REDIS_URL points to it.${address.mayBeCut ? cutAtHash : ''}`
  }
  if (address.tls && certificateCodes.test(code)) return onCertificate(redis, code, reason)
  const [node] = address.nodes.slice(index)
  const otherwise = node ? await greet(node, !address.tls, false) : silence
  if (isRedis(otherwise.said))
    return address.tls
      ? `${redis} does not speak TLS there (${reason}). Write redis:// in REDIS_URL, or the port at which it does.`
      : `${redis} speaks TLS there, and without it: ${reason}. Write rediss:// in REDIS_URL.`
  if (otherwise.said !== '' && address.tls)
    return `What answers at ${where} is no Redis, and speaks no TLS. It says: ${printable(otherwise.said)}. Check REDIS_URL.`
  if (/certificate/i.test(reason))
    return `${redis} refuses the TLS connection: ${reason}. Hearsay has no certificate of its own to show; tls-auth-clients no lets it in.`
  return `Something at ${where} takes the connection, and ${address.tls ? 'TLS' : 'a Redis'} does not begin: ${reason}. Check REDIS_URL, and the log of that server.`
}

const cutAtHash = ' A # in .env ends a value without quotes: in a password it is written %23.'

/** Whether that is an answer to PING. */
function isRedis(said: string): boolean {
  return /^(\+PONG|-NOAUTH |-NOPERM )/.test(said)
}

/** True when the server itself said no; such an answer starts with a word in capitals, like OOM or WRONGTYPE. */
export function isReply(message: string): boolean {
  return /^[A-Z]{3,} /.test(message)
}

/** What a server said, on one line. Some quote a command that they do not know, with a password or a record in it. */
function printable(said: string): string {
  const [line = ''] = said.replace(/,? with args beginning with.*/s, '').split(/[\r\n]/)
  return line
    .replace(/[^\x20-\x7E]+/g, ' ')
    .slice(0, 200)
    .trim()
}

const remedies: readonly (readonly [said: RegExp, is: string, remedy: string])[] = [
  [
    /^(NOAUTH|WRONGPASS) |AUTH .*without any password/,
    'refuses the login',
    'Check the user name and the password in REDIS_URL',
  ],
  [
    /^NOPERM |can't run this command or subcommand|No permissions/i,
    'does not let this user work',
    'Run ACL SETUSER <user> ~hearsay:* +@read +@write +@scripting +@connection +time, in a cluster +cluster|slots too',
  ],
  [/^LOADING /, 'is still loading its data', 'Start again in a moment'],
  [
    /unknown (sub)?command|wrong number of arg/i,
    'is too old, or has commands switched off',
    'Hearsay needs Redis 6.2 or newer, or Valkey',
  ],
  [/^(MOVED|CROSSSLOT|ASK) /, 'is part of a cluster', 'List its nodes in REDIS_URL with commas between them'],
  [/^CLUSTERDOWN /, 'is part of a cluster that is not whole', 'Look at CLUSTER INFO'],
  [/cluster support disabled/i, 'is not a cluster', 'Write one address in REDIS_URL, without a comma'],
  [/max number of clients/i, 'takes no more connections', 'Raise its maxclients, or end what holds them'],
  [/^DENIED /, 'is in protected mode', 'Give it a password (requirepass) and write that into REDIS_URL'],
  [/DB index|SELECT is not allowed/i, 'does not have this database', 'Correct the number behind the host in REDIS_URL'],
  [/^OOM /, 'does not take data, because it is full', 'Raise its maxmemory'],
  [/^MISCONF /, 'cannot write to its disk, and refuses every change', 'Look at its disk and its log'],
  [/^NOREPLICAS /, 'has lost its replicas, and refuses every change', 'Look at INFO replication'],
  [/^READONLY /, 'is a replica and takes no data', 'Point REDIS_URL to its primary'],
]

function onReply(reply: string, where: string, { password }: RedisAddress): string {
  const [, is, remedy] = remedies.find(([said]) => said.test(reply)) ?? ['', 'does not take data', undefined]
  const said = quotable(reply, password)
  return `Redis at ${where} ${is}.${remedy ? ` ${remedy}.` : ''} It says: ${said}${/[.!?…]$/.test(said) ? '' : '.'}`
}

/** What a server said, on one line; of something that may repeat the password, no more than a code of Redis. */
export function quotable(reply: string, password = ''): string {
  const said = printable(reply)
  const length = Math.min(password.length, 3)
  const pieces = Array.from({ length: password.length - length + 1 }, (_, at) => password.slice(at, at + length))
  const others = said.replace(wordsOfRedis, '')
  if (length === 0 || !pieces.some((piece) => others.includes(piece))) return said
  return `${/^\S+/.exec(said)?.[0].match(wordsOfRedis)?.[0] ?? ''} …`.trim()
}

// Whole words that it says to everybody, and that pieces of a password may be found in.
const wordsOfRedis =
  /(?<!\S)(ERR|NOAUTH|WRONGPASS|NOPERM|LOADING|MOVED|ASK|CROSSSLOT|CLUSTERDOWN|DENIED|OOM|READONLY|MISCONF|NOREPLICAS|<?password>?|username-password)(?!\S)/g

const certificateCodes = /^(?!ERR_SSL)(?!ERR_OSSL).*(CERT|ISSUER|SIGNATURE)/

function onCertificate(redis: string, code: string, reason: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of ${redis} is for another name: ${reason}. Write that name in REDIS_URL.`
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `The certificate of ${redis} does not hold today: ${reason}. Renew it, and check the clock of this machine.`
  return `The certificate of ${redis} is not trusted: ${reason}. Set NODE_EXTRA_CA_CERTS to a file with the certificate that signed it.`
}

/** `code`: the name of a system or TLS error, "closed", or "silent"; undefined where it said something. */
interface Greeting {
  readonly said: string
  readonly code?: string | undefined
  readonly reason: string
}

const silence: Greeting = { said: '', code: 'silent', reason: 'it says nothing' }

/** Says PING, without a login, and hears what comes back. */
function greet(node: RedisAddress['nodes'][number], tls: boolean, rejectUnauthorized = true): Promise<Greeting> {
  return new Promise((resolve) => {
    const socket = tls ? connectTls({ ...node, rejectUnauthorized }) : connect(node)
    socket.setTimeout(1_500, () => end(silence))
    let said = ''
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write('PING\r\n'))
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (said.includes('\n') || said.length > 6) end({ said, reason: '' })
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end({ said, code: error.code ?? error.name, reason: reasonOf(error) }),
    )
    socket.on('close', () => end({ said, code: 'closed', reason: 'it ends the connection' }))

    function end(greeting: Greeting): void {
      socket.destroy()
      resolve(greeting)
    }
  })
}

function reasonOf(error: NodeJS.ErrnoException & { reason?: unknown }): string {
  const text = typeof error.reason === 'string' ? error.reason : error.message
  // Node adds advice to some.
  return printable(text.replace(/; if the root CA.*/, '')) || (error.code ?? error.name)
}
