import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { readRedisAddress } from '../../src/store/redis-address.ts'
import { redisClient } from '../../src/store/redis-client.ts'
import { heapUsed, type Measure } from './measure.ts'

const most = 5_000
const before = 500

export default {
  what: 'Heap that 4,500 connections of one client of Redis leave behind, each lost and made again',
  unit: 'MB',
  bound: 1,
  async take() {
    const sockets = new Set<Socket>()
    const listener = createServer((socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
      // An answer to each command of the greeting.
      socket.on('data', (chunk) => socket.write('+OK\r\n'.repeat(String(chunk).match(/^\*\d/gm)?.length ?? 0)))
    })
    await once(listener.listen(0, '127.0.0.1'), 'listening')
    const { port } = listener.address() as AddressInfo
    const address = readRedisAddress(`redis://127.0.0.1:${port}`)
    if (typeof address === 'string') throw new Error(address)
    const { node } = redisClient(address, () => undefined)
    let connections = 0
    let used = 0
    const measured = new Promise<void>((resolve) => {
      const next = async (): Promise<void> => {
        connections += 1
        // What is made once for all of them is not what this is about.
        if (connections === before) used = await heapUsed()
        if (connections === most) return resolve()
        for (const socket of sockets) socket.destroy()
      }
      node.on('ready', () => void next())
    })
    await node.connect()
    await measured
    used = (await heapUsed()) - used
    void node.destroy()
    listener.close()
    return used
  },
} satisfies Measure
