import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request of Discord's, as somebody who listens could send it again. */
export interface Recorded {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer<ArrayBuffer>
}

/** Listens between Discord and a replica. */
export interface Recorder {
  readonly url: string
  readonly recorded: readonly Recorded[]
  close(): Promise<void>
}

export async function startRecorder(onward: string): Promise<Recorder> {
  const recorded: Recorded[] = []
  const server = createServer((request, response) => {
    const passOn = async (): Promise<void> => {
      const one = { headers: signatureOf(request), body: Buffer.from(await buffer(request)) }
      recorded.push(one)
      const answer = await sendAgain(onward, one)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text)
    }
    passOn().catch((error: Error) => response.destroy(error))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/interactions`,
    recorded,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

export async function sendAgain(url: string, { headers, body }: Recorded): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text() }
}

function signatureOf({ headers }: IncomingMessage): Record<string, string> {
  const names = ['x-signature-timestamp', 'x-signature-ed25519']
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]))
}
