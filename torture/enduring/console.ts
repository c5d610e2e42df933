import { once } from 'node:events'
import { connect } from 'node:net'

/** One connection to a Redis that stays, for whoever breaks and mends it. */
export interface Console {
  /** Says a command and waits for the answer, which fails when it is an error. */
  say(...words: string[]): Promise<string>
  close(): void
}

export async function openConsole(port: number): Promise<Console> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  // A server that is killed takes the connection with it.
  socket.on('error', () => undefined)
  let queue: Promise<unknown> = Promise.resolve()
  const ask = async (words: readonly string[]): Promise<string> => {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    socket.write(`*${words.length}\r\n${parts.join('')}`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    const text = answer.toString().trim()
    if (text.startsWith('-')) throw new Error(`Redis refuses ${words.join(' ')}: ${text}`)
    return text
  }
  return {
    say(...words) {
      const answered = queue.catch(() => undefined).then(() => ask(words))
      queue = answered
      return answered
    },
    close: () => socket.destroy(),
  }
}
