import { connect } from 'node:net'
import { connect as connectTls, getCACertificates } from 'node:tls'
import type { RedisAddress, RedisNode } from './redis-address.ts'

/** `code`: the name of a system or TLS error, "closed", or "silent"; undefined where it said something. */
interface Greeting {
  readonly said: string
  readonly code?: string | undefined
  readonly reason: string
  /** Whether it was we who did not take its certificate. */
  readonly isUntrusted?: boolean
}

export const silence: Greeting = { said: '', code: 'silent', reason: 'it says nothing' }

/** Further certificates to trust, beside Node's own and those of NODE_EXTRA_CA_CERTS. */
export function trusting({ ca }: Pick<RedisAddress, 'ca'>): { readonly ca?: string[] } {
  return ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }
}

/** Says PING, or something else, without a login, and hears the first line that comes back. */
export function greet(
  node: RedisNode,
  { tls, ca, rejectUnauthorized = true }: Pick<RedisAddress, 'tls' | 'ca'> & { readonly rejectUnauthorized?: boolean },
  words = 'PING',
): Promise<Greeting> {
  return new Promise((resolve) => {
    const socket = tls ? connectTls({ ...node, ...trusting({ ca }), rejectUnauthorized }) : connect(node)
    socket.setTimeout(1_500, () => end(silence))
    let said = ''
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(`${words}\r\n`))
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (said.includes('\n') || said.length > 6) end({ said, reason: '' })
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end({
        said,
        code: error.code ?? error.name,
        reason: reasonOf(error),
        isUntrusted: 'authorizationError' in socket && Boolean(socket.authorizationError),
      }),
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

/** Whether that is an answer to PING. */
export function isRedis(said: string): boolean {
  return /^(\+PONG|-NOAUTH |-NOPERM )/.test(said)
}

/** True when the server itself said no; such an answer starts with a word in capitals, like OOM or WRONGTYPE. */
export function isReply(message: string): boolean {
  return /^[A-Z]{3,} /.test(message)
}

/** What a server said, on one line. Some quote a command that they do not know, with a password or a record in it. */
export function printable(said: string): string {
  const [line = ''] = said.replace(/,? with args beginning with.*/s, '').split(/[\r\n]/)
  return line
    .replace(/[^\x20-\x7E]+/g, ' ')
    .slice(0, 200)
    .trim()
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
