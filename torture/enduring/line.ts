import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** How what passes is passed on. */
export type Mood = 'well' | 'two seconds late' | 'a byte at a time' | 'every third connection reset'

/** A line to a server on loopback, with moods. */
export interface Line {
  readonly port: number
  /** From now on; connections that stand are cut where they would be. */
  mood: Mood
  close(): void
}

// In each direction.
const late = 1_000

export async function openLine(to: number): Promise<Line> {
  const clients = new Set<Socket>()
  let mood: Mood = 'well'
  let count = 0
  const listener = createServer((client) => {
    const server = connect(to, '127.0.0.1')
    clients.add(client)
    count += 1
    if (mood === 'every third connection reset') cutSoon(client, count)
    join(client, server)
    join(server, client)
    client.on('close', () => clients.delete(client))
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')

  return {
    port: (listener.address() as AddressInfo).port,
    get mood() {
      return mood
    },
    set mood(next) {
      mood = next
      if (mood === 'every third connection reset') for (const client of clients) client.resetAndDestroy()
    },
    close() {
      listener.close()
      for (const client of clients) client.destroy()
    },
  }

  function join(from: Socket, to: Socket): void {
    let queue = Promise.resolve()
    from.on('data', (chunk) => {
      if (mood === 'two seconds late') setTimeout(() => to.write(chunk), late)
      else if (mood === 'a byte at a time') queue = queue.then(() => byteByByte(chunk, to))
      else to.write(chunk)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    to.on('error', () => from.destroy())
  }
}

/** One in three does not live at all, and the others not for long. */
function cutSoon(client: Socket, number: number): void {
  setTimeout(() => client.resetAndDestroy(), number % 3 === 0 ? 0 : 400)
}

async function byteByByte(chunk: Buffer, to: Socket): Promise<void> {
  for (const byte of chunk) {
    to.write(Buffer.of(byte))
    await new Promise(setImmediate)
  }
}
