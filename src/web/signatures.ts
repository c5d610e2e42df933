import { createPublicKey, verify } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** How far Discord's clock and ours may be apart, in milliseconds; what is older is somebody's copy. */
export const replayWindow = 5 * 60_000

// A pressed message with all that it may hold comes back whole, and some of it escaped sixfold.
const longestBody = 512 * 1024

/** Discord's signature: Ed25519 over the timestamp's header and the body's bytes. */
export interface Signatures {
  /** Whether it does claim to be signed now. What does not gets 401 before its body is read. */
  claimed(request: IncomingMessage): boolean
  /**
   * Tells the body, where it is signed. Otherwise undefined; so too where it is too long or compressed. Nothing is told
   * of one that breaks off.
   */
  body(request: IncomingMessage, done: (body: Buffer | undefined) => void): void
}

/** @param publicKey 32 bytes in hex */
export function createSignatures(publicKey: string, now: () => number): Signatures {
  const x = Buffer.from(publicKey, 'hex').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return {
    claimed({ headers }) {
      const { timestamp, signature } = claimIn(headers)
      const age = Math.abs(now() - Number(timestamp) * 1000)
      return /^\d{1,12}$/.test(timestamp) && age <= replayWindow && /^[\da-f]{128}$/i.test(signature)
    },
    body(request, done) {
      const { timestamp, signature } = claimIn(request.headers)
      read(request, (body) => {
        if (!body) return done(undefined)
        const data = Buffer.concat([Buffer.from(timestamp), body])
        // In the thread pool: here it would hold up everybody for a tenth of a millisecond.
        verify(undefined, data, key, Buffer.from(signature, 'hex'), (error, good) =>
          done(!error && good ? body : undefined),
        )
      })
    },
  }
}

/** 401, and an end of the connection, so that nothing more of the body is read. */
export function refuseUnsigned(response: ServerResponse): void {
  response.writeHead(401, { connection: 'close', 'content-type': 'text/plain; charset=utf-8' }).end('Unauthorized')
}

function claimIn(headers: IncomingHttpHeaders): { timestamp: string; signature: string } {
  const { 'x-signature-timestamp': timestamp, 'x-signature-ed25519': signature } = headers
  return { timestamp: String(timestamp ?? ''), signature: String(signature ?? '') }
}

/** No more than is allowed is read, and the connection stays as it is: it has to last until a 401 is out. */
function read(request: IncomingMessage, done: (body: Buffer | undefined) => void): void {
  const { 'content-encoding': encoding, 'content-length': announced } = request.headers
  if (encoding || Number(announced) > longestBody) return done(undefined)
  const chunks: Buffer[] = []
  let length = 0
  const end = (body: Buffer | undefined): void => {
    request.removeAllListeners('data').removeAllListeners('end').pause()
    done(body)
  }
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > longestBody) end(undefined)
    else chunks.push(chunk)
  })
  request.on('end', () => end(Buffer.concat(chunks)))
  // Whoever hung up is told nothing.
  request.on('error', () => undefined)
}
