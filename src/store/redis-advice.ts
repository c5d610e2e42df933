import type { RedisAddress } from './redis-address.ts'
import { leastRights } from './redis-check.ts'
import { greet, isRedis, isReply, printable, quotable, silence } from './redis-probe.ts'

/**
 * Why no Redis can be used there, with what to do. Quotes what the other side said, and never the login.
 * @param message what node-redis failed with
 * @param isNamed whether Sentinels have named it; otherwise, with a `masterName`, none of them has named a master
 */
export async function explain(address: RedisAddress, message: string, isNamed = false): Promise<string> {
  const nodes = address.nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
  const where = address.mayBeCut ? 'the address in REDIS_URL' : nodes.join(', ') + (isNamed ? namedBy : '')
  const what = address.masterName !== undefined && !isNamed ? 'Sentinel' : 'Redis'
  if (what === 'Redis' && !isNamed && (await isSentinel(address, message)))
    return `What answers at ${where} is a Sentinel. Write redis+sentinel:// before it in REDIS_URL, or rediss+sentinel:// with TLS, and behind it a / and the name of the master, which SENTINEL MASTERS tells.`
  if (isReply(message)) return onReply(message, where, address, what)
  // node-redis does not tell what a server says that is no Redis, or that sends it away.
  const answers = await Promise.all(address.nodes.map((node) => greet(node, address)))
  const index = Math.max(
    0,
    answers.findIndex(({ said }) => said !== ''),
  )
  const { said, code = '', reason, isUntrusted } = answers[index] ?? silence
  const redis = `${what} at ${where}`
  if (isRedis(said)) {
    const beyond = / at (\S+:\d+)$/.exec(message)?.[1]
    const failed = quotable(message.replace(/ at \S+$/, ''), address.password)
    if (!beyond)
      return `${redis} answers, but work does not succeed (${failed}). Look at its log, and in a cluster at CLUSTER INFO${address.tls ? ' and tls-cluster, which has to be yes' : ''}.`
    if (address.mayBeCut && nodes.includes(beyond))
      return `One node of those in REDIS_URL cannot be reached. Check each of them.${cutAtHash}`
    const remedy = failed.includes('altnames')
      ? 'Set cluster-announce-hostname, and cluster-preferred-endpoint-type hostname'
      : 'Check cluster-announce-ip'
    return `${redis} names ${beyond} as one of the cluster, and that cannot be reached: ${failed}. ${remedy}.`
  }
  if (said.startsWith('-')) return onReply(said.slice(1), where, address, what)
  if (said !== '') return `What answers at ${where} is no ${what}. It says: ${printable(said)}. Check REDIS_URL.`
  if (/^E(?!RR_)(?!CONNRESET|PIPE)/.test(code)) {
    const remedy = isNamed
      ? 'Check that it is running, and sentinel announce-ip and replica-announce-ip: this machine has to reach it by that address'
      : 'Check that it is running and that REDIS_URL points to it'
    const says = `No ${what} answers at ${where} (${address.mayBeCut ? code : reason}). ${remedy}.`
    return says + (address.mayBeCut ? cutAtHash : '')
  }
  if (isUntrusted) return onCertificate(redis, code, reason, isNamed)
  const [node] = address.nodes.slice(index)
  const otherwise = node ? await greet(node, { tls: !address.tls, rejectUnauthorized: false }) : silence
  const [plain, secure] = what === 'Redis' ? ['redis', 'rediss'] : ['redis+sentinel', 'rediss+sentinel']
  if (isRedis(otherwise.said))
    return address.tls
      ? `${redis} does not speak TLS there (${reason}). Write ${plain}:// in REDIS_URL, or the port at which it does.`
      : `${redis} speaks TLS there, and without it: ${reason}. Write ${secure}:// in REDIS_URL.`
  if (otherwise.said !== '' && address.tls)
    return `What answers at ${where} is no ${what}, and speaks no TLS. It says: ${printable(otherwise.said)}. Check REDIS_URL.`
  if (/certificate/i.test(reason))
    return `${redis} refuses the TLS connection: ${reason}. Hearsay has no certificate of its own to show; tls-auth-clients no lets it in.`
  return `Something at ${where} takes the connection, and ${address.tls ? 'TLS' : `a ${what}`} does not begin: ${reason}. Check REDIS_URL, and the log of that server.`
}

const namedBy = ' (named by the Sentinels)'
const cutAtHash = ' A # in .env ends a value without quotes: in a password it is written %23.'

/** Every Redis knows SET, and no Sentinel does; one without a password knows no login. */
async function isSentinel(address: RedisAddress, message: string): Promise<boolean> {
  if (/unknown command .?SET\b/i.test(message)) return true
  const answers = await Promise.all(address.nodes.map((node) => greet(node, address, 'SENTINEL MASTERS')))
  return answers.some(({ said }) => said.startsWith('*'))
}

const remedies: readonly (readonly [said: RegExp, is: string, remedy: string])[] = [
  [/^(NOAUTH|WRONGPASS) /, 'refuses the login', 'Check the user name and the password in REDIS_URL'],
  [/AUTH .*without any password/, 'has no password', 'Remove the one in REDIS_URL, or give it one (requirepass)'],
  [
    /^NOPERM |can't run this command or subcommand|No permissions/i,
    'does not let this user work',
    `Run ACL SETUSER <user> ${leastRights}, in a cluster +cluster|slots too`,
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

const remediesOfSentinel: typeof remedies = [
  [/^NOPERM /, 'does not let this user ask', 'Run ACL SETUSER <user> +sentinel|master there'],
  [/unknown command/i, 'is a Redis and no Sentinel', 'Write redis:// or rediss:// in REDIS_URL, and no name behind it'],
  [
    /no such master/i,
    'has no master of that name',
    'Correct the name in REDIS_URL; SENTINEL MASTERS tells those it has',
  ],
  ...remedies,
]
const remediesOfNamed: typeof remedies = [
  [/^READONLY /, 'is no master any more', 'A failover is under way: start again in a moment'],
  ...remedies,
]

function onReply(reply: string, where: string, { username, password }: RedisAddress, what: string): string {
  const list = what === 'Sentinel' ? remediesOfSentinel : where.endsWith(namedBy) ? remediesOfNamed : remedies
  const [, is, remedy] = list.find(([said]) => said.test(reply)) ?? ['', 'does not take data', undefined]
  const said = quotable(reply, password ?? username)
  const alone = reply.startsWith('WRONGPASS ') && password === undefined ? ' A password alone has a : before it.' : ''
  const who = what === 'Sentinel' ? `What answers at ${where}` : `Redis at ${where}`
  return `${who} ${is}.${remedy ? ` ${remedy}.` : ''}${alone} It says: ${said}${/[.!?…]$/.test(said) ? '' : '.'}`
}

function onCertificate(redis: string, code: string, reason: string, isNamed: boolean): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const remedy = isNamed
      ? 'Let the Sentinels name it so: sentinel resolve-hostnames yes, and announce-hostnames yes'
      : 'Write that name in REDIS_URL'
    return `The certificate of ${redis} is for another name: ${reason}. ${remedy}.`
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `The certificate of ${redis} does not hold today: ${reason}. Renew it, and check the clock of this machine.`
  if (/SELF_SIGNED|UNABLE_TO/.test(code))
    return `The certificate of ${redis} is not trusted: ${reason}. Set REDIS_CA_FILE to a file with the certificate that signed it.`
  return `The certificate of ${redis} cannot be used: ${reason}. Give that server another one.`
}
