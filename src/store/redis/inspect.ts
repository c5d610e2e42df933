import { connectRedis } from '../redis-connection.ts'

/** What a Redis says about itself, by the names of its INFO; of a cluster, one node. */
export interface RedisFacts {
  readonly info: Readonly<Record<string, string>>
  /** When it writes a snapshot, as in "3600 1 300 100"; empty: never; undefined where it does not say. */
  readonly save: string | undefined
}

/** Changes nothing there. Rejects with StoreUnavailableError. */
export async function inspectRedis(url: string): Promise<RedisFacts> {
  const connection = await connectRedis(url, async () => undefined)
  try {
    const info = factsIn(String(await connection.send('', 'INFO')))
    // Managed ones often keep CONFIG to themselves.
    const save = await connection.send('', 'CONFIG', 'GET', 'save').catch(() => undefined)
    return { info, save: Array.isArray(save) && typeof save[1] === 'string' ? save[1] : undefined }
  } finally {
    await connection.close()
  }
}

function factsIn(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => /^\w+:/.test(line))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}
