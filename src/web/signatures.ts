import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { Request, RequestHandler } from 'express'

/** How far Discord's clock and ours may be apart, in milliseconds; what is older is somebody's copy. */
export const replayWindow = 5 * 60_000

/** Discord's signature: Ed25519 over the timestamp's header and the body's bytes. */
export interface Signatures {
  /** Answers 401 to what does not even claim to be signed now, before its body is read. */
  readonly claimed: RequestHandler
  good(request: Request, body: Buffer): Promise<boolean>
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
      response.sendStatus(401)
    },
    good(request, body) {
      const { timestamp, signature } = headersOf(request)
      return isSigned(key, Buffer.concat([Buffer.from(timestamp), body]), Buffer.from(signature, 'hex'))
    },
  }
}

function headersOf(request: Request): { timestamp: string; signature: string } {
  return {
    timestamp: request.get('x-signature-timestamp') ?? '',
    signature: request.get('x-signature-ed25519') ?? '',
  }
}

/** With a callback it is done in the thread pool; without one it would hold up everybody for a tenth of a millisecond. */
function isSigned(key: KeyObject, data: Buffer, signature: Buffer): Promise<boolean> {
  return new Promise((resolve) => verify(undefined, data, key, signature, (error, good) => resolve(!error && good)))
}
