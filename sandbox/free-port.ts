import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/**
 * Ports below the range from which systems give out ports of their own choice, in blocks. A process owns the block on
 * whose first port it listens, until it ends: so nobody else of ours can take a port between its choice and its use.
 * Low enough that the port of a Redis Cluster's bus, which is 10,000 higher, is below that range as well, and above
 * 10080, the last one that no browser and no fetch connects to.
 */
const firstBlock = 10_100
const blockSize = 100
const blocks = 100

let block: Promise<number> | undefined
let used = 0

/** A port on 127.0.0.1 for a server that is started later, by this process or another. */
export async function freePort(): Promise<number> {
  block ??= ownBlock()
  const first = await block
  for (let tries = 1; tries < blockSize; tries += 1) {
    used = (used % (blockSize - 1)) + 1
    const port = first + used
    const server = await listenOn(port)
    if (!server) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error(`All ports from ${first} to ${first + blockSize - 1} are in use.`)
}

async function ownBlock(): Promise<number> {
  for (let tries = 0; tries < blocks; tries += 1) {
    const first = firstBlock + ((process.pid + tries) % blocks) * blockSize
    const guard = await listenOn(first)
    if (!guard) continue
    // It ends with the process, and does not keep it.
    guard.unref()
    return first
  }
  throw new Error(`No ports are free from ${firstBlock} to ${firstBlock + blocks * blockSize - 1}.`)
}

async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  )
}
