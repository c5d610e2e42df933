import type { Config } from '../config.ts'
import { enterMeter, meterKind, type MeterState } from '../store/meter.ts'
import { checkFile, peek } from '../store/sqlite-directory.ts'
import { StoreUnavailableError, type Store } from '../store/store.ts'
import { checkDirectory, thisMachine } from './directory.ts'
import { note, ok, type Finding, wrong } from './finding.ts'
import { checkUsage } from './usage.ts'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { KeyringError, keysGone, readKeyring, tryKeyring } from '../accounts/keyring.ts'
import { openRedis } from '../store/redis.ts'
import type { RedisFacts } from '../store/redis-connection.ts'
import { droppingLinks, keepingNothing, keepsNothing } from '../store/redis-losses.ts'

/** The store and its keys. A file is only read; a Redis is told one thing, which it is asked for and forgets. */
export async function checkStore(config: Config, machine = thisMachine): Promise<Finding[]> {
  try {
    if ('redisUrl' in config.store) {
      const { redisUrl, redisCa } = config.store
      await using ends = new AsyncDisposableStack()
      const store = ends.adopt(await openRedis(redisUrl, undefined, redisCa), ({ close }) => close())
      const facts = await store.inspect().catch((error: Error) => error.message)
      return [...checkRedis(redisUrl, facts), await checkKeys(config, store.get), await checkUsage(config, store)]
    }
    const { directory } = config.store
    const findings = checkDirectory(resolve(directory), config.tokenKeys, machine)
    if (findings.some(({ verdict }) => verdict === 'wrong')) return findings
    checkFile(directory)
    const get: Store['get'] = async (kind, key) => peek(directory, kind, key)
    const meter: Store['meter'] = async (name, entry) =>
      enterMeter((await get(meterKind, name)) as MeterState | undefined, entry, Date.now()).reading
    return [...findings, await checkKeys(config, get), await checkUsage(config, { get, meter })]
  } catch (error) {
    if (error instanceof StoreUnavailableError) return [wrong('Store', error.message)]
    throw error
  }
}

/** Whether the keys open what is stored. Makes no key and writes nothing. */
async function checkKeys({ tokenKeys }: Config, read: Store['get']): Promise<Finding> {
  const about = 'Key ring'
  if (typeof tokenKeys === 'string' && !existsSync(tokenKeys)) {
    if ((await read('keys', 'ring')) === undefined)
      return note(about, `No key yet. The first start makes one in ${tokenKeys}; keep a copy of it.`)
    return wrong(about, keysGone(tokenKeys))
  }
  try {
    const isNew = await tryKeyring(tokenKeys, read)
    const ids = readKeyring(tokenKeys)
      .map(({ id }) => id)
      .join(', ')
    if (isNew) return note(about, `${ids}: the first one encrypts from the next start on.`)
    return ok(about, `${ids}: they decrypt what is stored.`)
  } catch (error) {
    if (error instanceof KeyringError) return wrong(about, error.message)
    throw error
  }
}

/** Whether this Redis keeps what it is told. */
function checkRedis(url: string, facts: RedisFacts | string): Finding[] {
  if (typeof facts === 'string')
    return [note('Redis', `It answers and takes data, but INFO is refused. ${provider} ${facts}`)]
  const findings = [version(facts), persistence(facts), eviction(facts), ...usedMemory(facts)]
  if (url.includes('+sentinel:')) findings.push(replicas(facts))
  else if (url.includes(','))
    findings.push(note('Redis', 'One node of the cluster was looked at; all should be alike.'))
  return findings
}

const provider = 'Ask its provider what a restart would lose, and whether it drops anything when it is full.'

/** Behind Sentinels. */
function replicas({ info }: RedisFacts): Finding {
  const about = 'Redis replicas'
  const count = Number(info['connected_slaves'] ?? 0)
  if (count === 0) return note(about, 'The master has none, so nothing can take its place.')
  return ok(about, `${count === 1 ? 'One' : count} can take the place of the master.`)
}

function version({ info }: RedisFacts): Finding {
  const what = info['valkey_version'] ? `Valkey ${info['valkey_version']}` : `Redis ${info['redis_version'] ?? '?'}`
  const [major = 0, minor = 0] = (info['redis_version'] ?? '').split('.').map(Number)
  const isOld = major < 6 || (major === 6 && minor < 2)
  if (isOld) return wrong('Redis', `${what} is too old. Hearsay needs Redis 6.2 or newer, or Valkey.`)
  return ok('Redis', `${what} answers and takes data.`)
}

function persistence(facts: RedisFacts): Finding {
  const { info, save } = facts
  const about = 'Redis persistence'
  if (info['aof_enabled'] === '1') {
    if (info['aof_last_write_status'] === 'err')
      return wrong(about, 'Its last write to the append-only file failed. Look at its log and its disk.')
    return ok(about, 'Everything goes into an append-only file.')
  }
  if (info['rdb_last_bgsave_status'] === 'err')
    return wrong(about, 'Its last snapshot failed. Look at its log and its disk.')
  if (save === undefined) {
    const says =
      'No append-only file, and it does not say when it makes snapshots. Ask its provider what a restart would lose.'
    return note(about, says)
  }
  if (keepsNothing(facts)) return wrong(about, keepingNothing)
  const says = `Snapshots only (${save}): a crash loses the minutes since the last one. Better: --appendonly yes.`
  return note(about, says)
}

function eviction({ info }: RedisFacts): Finding {
  const policy = info['maxmemory_policy']
  const about = 'Redis eviction'
  if (policy === undefined)
    return note(about, 'It does not say what it drops when it is full. It has to be noeviction.')
  if (policy === 'noeviction') return ok(about, 'It drops nothing when it is full (noeviction).')
  return wrong(about, droppingLinks(policy))
}

function usedMemory({ info }: RedisFacts): Finding[] {
  const [used, most] = [Number(info['used_memory']), Number(info['maxmemory'])]
  if (!(most > 0) || used < most * 0.9) return []
  const percent = Math.round((used / most) * 100)
  return [wrong('Redis memory', `${percent} of 100 parts are in use; a full one takes no links. Raise maxmemory.`)]
}
