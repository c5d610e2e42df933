import { isIP, isIPv6 } from 'node:net'

export interface RedisNode {
  readonly host: string
  readonly port: number
}

/**
 * One server, several nodes of a cluster, or the Sentinels that know where the master is; with one login. What a
 * password says is in `password` and nowhere else.
 */
export interface RedisAddress {
  readonly nodes: readonly RedisNode[]
  /** What Sentinels call the master. With it, `nodes` are Sentinels. */
  readonly masterName: string | undefined
  readonly tls: boolean
  /** What to trust beside what Node trusts, as PEM. It is no part of REDIS_URL. */
  readonly ca?: string | undefined
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
  if (/^[\w+-]*sentinel[\w+-]*:/i.test(value)) return readSentinels(value)
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
  return {
    nodes: [first, ...others].map(({ host, port }) => ({ host, port })),
    masterName: undefined,
    tls,
    ...readLogin(login),
    database,
    mayBeCut: mayBeCut(last, last.login),
  }
}

function readSentinels(value: string): RedisAddress | string {
  const [, scheme = '', login = '', hosts, path, after] =
    /^(rediss?)\+sentinel:\/\/(?:(.*)@)?([^/?#]*)([^?#]*)(.*)$/is.exec(value) ?? []
  if (hosts === undefined) return `must start with redis+sentinel:// or rediss+sentinel://, as ${sentinels} does`
  if (/,rediss?(?:\+sentinel)?:/i.test(value))
    return `has its beginning more than once, and Sentinels share one: ${sentinels}`
  const nodes = hosts.split(',').map((name) => readHost(name, '26379'))
  const wrong = nodes.find((node) => typeof node === 'string')
  if (wrong !== undefined) {
    const flaw =
      wrong === notOurs ? `must name a host at each comma: ${sentinels}` : wrong.replaceAll(example, sentinels)
    return login === '' ? `${flaw}. ${writtenHash}` : flaw
  }
  if (after) return `has a ${after[0]} in it, where nothing but the name of the master may be: ${sentinels}`
  const [, masterName, database = ''] = /^\/([\w.-]+)(?:\/(\d{0,5}))?$/.exec(path ?? '') ?? []
  if (masterName === undefined)
    return `must end with the name that the Sentinels have for the master: ${sentinels}. ${writtenHash}`
  const found = nodes.filter((node) => typeof node !== 'string')
  const tls = scheme.toLowerCase() === 'rediss'
  const cut = mayBeCut(found.at(-1), login)
  return { nodes: found, masterName, tls, ...readLogin(login), database: Number(database), mayBeCut: cut }
}

function readLogin(login: string) {
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(login) ?? []
  return { username: decoded(username) || undefined, password: decoded(password) || undefined }
}

function mayBeCut(last: RedisNode | undefined, login: string): boolean {
  return last !== undefined && login === '' && isIP(last.host) === 0 && last.host !== 'localhost'
}

const writtenHash = 'A # in a password is written %23'
const example = 'redis://user:password@host:6379'
const sentinels = 'redis+sentinel://user:password@host:26379,host:26379/mymaster'
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
  for (const part of value.split(/,(?=rediss?(?:\+sentinel)?:\/\/)/i)) {
    const [, login = ''] = /^rediss?(?:\+sentinel)?:\/\/(.*)@/is.exec(part) ?? []
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
  const node = readHost(name, '6379')
  // It may be what a # in a password has left of the address.
  if (typeof node === 'string') return login === '' ? `${node}. ${writtenHash}` : node
  // A user of every Redis: what follows is a password, cut off at a # as in .env files.
  if (node.host === 'default' && login === '') return `names a user and no host: ${example}. ${writtenHash}`
  const flaw = flawBehind(path, after)
  if (flaw !== undefined)
    // Without the rest, what is left of a password would be taken for a port.
    return login === '' ? `${flaw}. If it is of a password, write # / ? as %23 %2F %3F, and the host after an @` : flaw
  const tls = scheme.toLowerCase() === 'rediss'
  return { tls, login, ...node, database: Number(path.slice(1)) }
}

function readHost(name: string, usualPort: string): RedisNode | string {
  const [, host = '', port = usualPort] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(name) ?? []
  if (host === '') return notOurs
  if (!/^[\w.-]+$/.test(host) && !isIPv6(host.slice(1, -1)))
    return 'has a host that is none: write a name, an IPv4 address, or an IPv6 address in [ ]'
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    return `has a port that is no number from 1 to 65535. A password goes before the host: ${example}`
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
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
