import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'

/** How far Discord's clock and ours may be apart, in milliseconds; what is older is somebody's copy. */
export const replayWindow = 5 * 60_000

// A pressed message with all that it may hold comes back whole, and some of it escaped sixfold.
const longestBody = 512 * 1024

/** Discord's signature: Ed25519 over the timestamp's header and the body's bytes. */
export interface Signatures {
  /** Answers 401 to what does not even claim to be signed now, before its body is read. */
  readonly claimed: RequestHandler
  /** The body, where it is signed. Otherwise undefined; so too where it is too long, compressed, or breaks off. */
  body(request: Request): Promise<Buffer | undefined>
}

/** @param publicKey 32 bytes in hex */
export function createSignatures(publicKey: string, now: () => number): Signatures {
  const x = Buffer.from(publicKey, 'hex').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return {
    claimed(request, response, next) {
      const { timestamp, signature } = headersOf(request)
      const age = Math.abs(now() - Number(timestamp) * 1000)
      if (/^\d{1,12}$/.test(timestamp) && age <= replayWindow && /^[\da-f]{128}$/i.test(signature)) return next()
      refuseUnsigned(response)
    },
    async body(request) {
      const { timestamp, signature } = headersOf(request)
      const body = await read(request).catch(() => undefined)
      if (!body) return undefined
      const data = Buffer.concat([Buffer.from(timestamp), body])
      return (await isSigned(key, data, Buffer.from(signature, 'hex'))) ? body : undefined
    },
  }
}

/** 401, and an end of the connection, so that nothing more of the body is read. */
export function refuseUnsigned(response: Response): void {
  response.set('connection', 'close').sendStatus(401)
}

function headersOf(request: Request): { timestamp: string; signature: string } {
  return {
    timestamp: request.get('x-signature-timestamp') ?? '',
    signature: request.get('x-signature-ed25519') ?? '',
  }
}

/** Express's own reader would read what is too long to its end, and drop it, before it said so. */
async function read(request: Request): Promise<Buffer | undefined> {
  if (request.get('content-encoding') || Number(request.get('content-length')) > longestBody) return undefined
  const chunks: Buffer[] = []
  let length = 0
  // The connection has to last until the 401 is out.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBody) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** With a callback it is done in the thread pool; without one it would hold up everybody for a tenth of a millisecond. */
function isSigned(key: KeyObject, data: Buffer, signature: Buffer): Promise<boolean> {
  return new Promise((resolve) => verify(undefined, data, key, signature, (error, good) => resolve(!error && good)))
}
