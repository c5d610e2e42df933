import type { Config } from '../config.ts'
import { inspectEmbedded } from '../store/embedded/inspect.ts'
import { openStore } from '../store/open.ts'
import { StoreUnavailableError } from '../store/store.ts'
import { checkDirectory } from './directory.ts'
import { wrong, type Finding } from './finding.ts'
import { checkKeys } from './keys.ts'
import { checkRedis } from './redis.ts'

/** The store and its keys. A file is only read; a Redis is told one thing, which it is asked for and forgets. */
export async function checkStore(config: Config): Promise<Finding[]> {
  try {
    return 'redisUrl' in config.store
      ? await inRedis(config, config.store.redisUrl)
      : await inDirectory(config, config.store.directory)
  } catch (error) {
    if (error instanceof StoreUnavailableError) return [wrong('Store', error.message)]
    throw error
  }
}

async function inDirectory(config: Config, directory: string): Promise<Finding[]> {
  const findings = checkDirectory(directory)
  if (findings.some(({ verdict }) => verdict === 'wrong')) return findings
  return [...findings, await checkKeys(config, async (kind, key) => inspectEmbedded(directory).get(kind, key))]
}

async function inRedis(config: Config, redisUrl: string): Promise<Finding[]> {
  const store = await openStore({ redisUrl })
  try {
    return [...(await checkRedis(redisUrl)), await checkKeys(config, store.get)]
  } finally {
    await store.close()
  }
}
