import { inspectRedis, type RedisFacts } from '../store/redis/inspect.ts'
import { note, ok, wrong, type Finding } from './finding.ts'

/** Whether this Redis keeps what it is told. Rejects with StoreUnavailableError. */
export async function checkRedis(url: string): Promise<Finding[]> {
  const facts = await inspectRedis(url)
  const findings = [version(facts), persistence(facts), eviction(facts), ...writes(facts)]
  return url.includes(',')
    ? [...findings, note('Redis', 'One node of the cluster was looked at; all should be alike.')]
    : findings
}

function version({ info }: RedisFacts): Finding {
  const what = info['valkey_version'] ? `Valkey ${info['valkey_version']}` : `Redis ${info['redis_version'] ?? '?'}`
  const [major = 0, minor = 0] = (info['redis_version'] ?? '').split('.').map(Number)
  const isOld = major < 6 || (major === 6 && minor < 2)
  if (isOld) return wrong('Redis', `${what} is too old. Hearsay needs Redis 6.2 or newer, or Valkey.`)
  return ok('Redis', `${what} answers and takes data.`)
}

function persistence({ info, save }: RedisFacts): Finding {
  const about = 'Redis persistence'
  if (info['aof_enabled'] === '1') {
    if (info['aof_last_write_status'] === 'err')
      return wrong(about, 'Its last write to the append-only file failed. Look at its log and its disk.')
    return ok(about, 'Everything goes into an append-only file.')
  }
  if (info['rdb_last_bgsave_status'] === 'err')
    return wrong(about, 'Its last snapshot failed. Look at its log and its disk.')
  if (save === undefined)
    return note(
      about,
      'No append-only file, and it does not say when it makes snapshots. Ask its provider what a restart would lose.',
    )
  if (save === '')
    return wrong(about, 'It keeps nothing on disk: a restart unlinks everybody. Start it with --appendonly yes.')
  return note(
    about,
    `Snapshots only (${save}): a crash loses the minutes since the last one. Better: --appendonly yes.`,
  )
}

function eviction({ info }: RedisFacts): Finding {
  const policy = info['maxmemory_policy']
  const about = 'Redis eviction'
  if (policy === undefined)
    return note(about, 'It does not say what it drops when it is full. It has to be noeviction.')
  if (policy === 'noeviction') return ok(about, 'It drops nothing when it is full (noeviction).')
  return wrong(about, `When it is full it drops links (${policy}). Start it with --maxmemory-policy noeviction.`)
}

function writes({ info }: RedisFacts): Finding[] {
  const [used, most] = [Number(info['used_memory']), Number(info['maxmemory'])]
  if (!(most > 0) || used < most * 0.9) return []
  return [
    wrong(
      'Redis memory',
      `${Math.round((used / most) * 100)} of 100 parts are in use; a full one takes no links. Raise maxmemory.`,
    ),
  ]
}
