import { connect, type Socket } from 'node:net'

export interface Heard {
  readonly status: number
  readonly text: string
  /** Whether the connection ends with it. */
  readonly isLast: boolean
}

/** Kept-alive connections to one port, on which whole requests are written as they are: next to no work of ours. */
export function createLine(port: number): { post(request: Buffer): Promise<Heard> } {
  const idle: Socket[] = []

  return {
    post(request) {
      const socket = idle.pop() ?? open()
      return new Promise((resolve, reject) => {
        let heard: Buffer = Buffer.alloc(0)
        const listen = (chunk: Buffer): void => {
          heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk])
          const answer = readAnswer(heard)
          if (!answer) return
          socket.off('data', listen).off('error', reject)
          // A refusal ends its connection.
          if (answer.isLast) socket.destroy()
          else idle.push(socket)
          resolve(answer)
        }
        socket.on('data', listen).on('error', reject)
        socket.write(request)
      })
    },
  }

  function open(): Socket {
    const socket = connect(port, '127.0.0.1').setNoDelay()
    // Who was called has ended; the next one may listen on the same port.
    return socket.on('error', leave).on('close', leave)

    function leave(): void {
      const place = idle.indexOf(socket)
      if (place >= 0) idle.splice(place, 1)
    }
  }
}

/** Undefined while it is not all there. */
function readAnswer(heard: Buffer): Heard | undefined {
  const end = heard.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = heard.toString('latin1', 0, end)
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
  if (heard.length < end + 4 + length) return undefined
  return {
    status: Number(head.slice(9, 12)),
    text: heard.toString('utf8', end + 4, end + 4 + length),
    isLast: /^connection: *close\r?$/im.test(head),
  }
}
