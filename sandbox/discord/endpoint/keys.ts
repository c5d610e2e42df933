import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { SignedDelivery } from '../discord.ts'

/** The application's Interactions Endpoint: where Discord posts interactions to, signed, in turn. */
export interface Endpoint {
  /** In hex, as the developer portal shows it. */
  readonly publicKey: string
  readonly privateKey: KeyObject
  /** Nowhere: interactions go over the gateway. */
  urls: readonly string[]
  /** Every delivery so far. Status 0: no answer. */
  readonly deliveries: { readonly url: string; status: number }[]
  latest: SignedDelivery | undefined
}

export function createEndpoint(): Endpoint {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    publicKey: Buffer.from(x, 'base64url').toString('hex'),
    privateKey,
    urls: [],
    deliveries: [],
    latest: undefined,
  }
}

/** Discord's headers over a body, as of now. */
export function signed({ privateKey }: Endpoint, body: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  return {
    'content-type': 'application/json',
    'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
    'x-signature-timestamp': timestamp,
    'x-signature-ed25519': sign(undefined, Buffer.from(timestamp + body), privateKey).toString('hex'),
  }
}
