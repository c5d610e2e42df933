import { isIP, isIPv6 } from 'node:net'

/** One server, or several nodes of a cluster with one login. What a password says is in `password` and nowhere else. */
export interface RedisAddress {
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
  /** Whether its end, without an @, may be a user and a password that a # cut off: then no host or port is quoted. */
  readonly mayBeCut: boolean
}

/** Reads REDIS_URL; a string says what is wrong, as it goes on after that name, and quotes nothing of the value. */
export function readRedisAddress(value: string): RedisAddress | string {
  const flaw = flawInLogins(value)
  if (flaw) return flaw
  const nodes = value.split(',').map(readNode)
  const wrong = nodes.find((node) => typeof node === 'string')
  const [first, ...others] = nodes.filter((node) => typeof node !== 'string')
  if (!first || wrong !== undefined) return wrong ?? notOurs
  if (others.some(({ tls }) => tls !== first.tls))
    return 'must begin with the same redis:// or rediss:// at every node of a cluster'
  const { tls, login, database } = first
  if (others.some((node) => node.login !== '' && node.login !== login))
    return 'must have one user name and password for all nodes of a cluster'
  if (others.length > 0 && [first, ...others].some((node) => node.database !== 0))
    return 'names a database, and a cluster has only number 0: remove the / and the number at its end'
  const last = others.at(-1) ?? first
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(login) ?? []
  return {
    nodes: [first, ...others].map(({ host, port }) => ({ host, port })),
    tls,
    username: decoded(username) || undefined,
    password: decoded(password) || undefined,
    database,
    mayBeCut: last.login === '' && isIP(last.host) === 0 && last.host !== 'localhost',
  }
}

const example = 'redis://user:password@host:6379'
const notOurs = `must start with redis:// or rediss:// and name a host, as ${example} does, at each node of a cluster too`
const codes: Readonly<Record<string, string>> = {
  '#': '%23',
  '/': '%2F',
  '?': '%3F',
  ',': '%2C',
  '%': '%25',
  '@': '%40',
}

/**
 * What a login holds that has to be encoded there. Everything before the last @ counts as login, since nobody can tell
 * where it was meant to end, unless what follows a comma is another node.
 */
function flawInLogins(value: string): string | undefined {
  const found = new Set<string>()
  let isBeyond = false
  for (const part of value.split(/,(?=rediss?:\/\/)/i)) {
    const [, login = ''] = /^rediss?:\/\/(.*)@/is.exec(part) ?? []
    for (const [sign] of login.matchAll(/[#/?,@]|%(?![\da-f]{2})/gi)) found.add(sign)
    isBeyond ||= /[^\x21-\x7E]/.test(login) || (found.size === 0 && decoded(login) === undefined)
  }
  const signs = [...found].map((sign) => `${sign} as ${codes[sign]}`)
  if (signs.length > 0) return `has signs in its user name or password that must be encoded: write ${signs.join(', ')}`
  if (isBeyond)
    return 'has a space or a letter beyond ASCII in its user name or password: encode it as UTF-8, a space as %20, é as %C3%A9'
  return undefined
}

function readNode(text: string) {
  const [, scheme, login = '', rest] = /^(rediss?):\/\/(?:(.*)@)?(.*)$/is.exec(text) ?? []
  if (scheme === undefined || rest === undefined) return notOurs
  const [, name = '', path = '', after] = /^([^/?#]*)([^?#]*)(.*)$/s.exec(rest) ?? []
  const [, host = '', port = '6379'] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(name) ?? []
  if (host === '') return notOurs
  if (!/^[\w.-]+$/.test(host) && !isIPv6(host.slice(1, -1)))
    return 'has a host that is none: write a name, an IPv4 address, or an IPv6 address in [ ]'
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    return `has a port that is no number from 1 to 65535. A password goes before the host: ${example}`
  // A user of every Redis: what follows is a password, cut off at a # as in .env files.
  if (host === 'default' && login === '')
    return `names a user and no host: ${example}. A # in the password is written %23`
  const flaw = flawBehind(path, after)
  if (flaw !== undefined)
    // Without the rest, what is left of a password would be taken for a port.
    return login === '' ? `${flaw}. If it is of a password, write # / ? as %23 %2F %3F, and the host after an @` : flaw
  const tls = scheme.toLowerCase() === 'rediss'
  return { tls, login, host: host.replace(/^\[|\]$/g, ''), port: Number(port), database: Number(path.slice(1)) }
}

function flawBehind(path: string, after: string | undefined): string | undefined {
  if (after?.startsWith('?')) return `has a ? after the host. The number of a database goes behind a /: ${example}/3`
  if (after) return `has a # after the host, where nothing but the number of a database may be: ${example}/3`
  if (/^(?:\/\d{0,5})?$/.test(path)) return undefined
  return `has something behind the host that is not the number of a database: write ${example}/3, or end it after the port`
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
