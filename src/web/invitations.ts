import type { App } from '../app.ts'
import { fingerprint, looksLikeSecret, newSecret } from './secrets.ts'

export interface Invitation {
  /** The Discord id of whoever used `/link`. */
  readonly person: string
  /** Of that interaction: changes its private answer, for fifteen minutes. */
  readonly token: string
}

/** The hints in link addresses: they find the private message again, and decide nothing. */
export interface Invitations {
  /** The address for the button of a private answer. */
  create(person: string, interactionToken: string): Promise<string>
  find(hint: string): Promise<Invitation | undefined>
}

// As long as Discord lets an answer be changed.
const lifetime = 15 * 60 * 1000

/** The query parameter and form field that carries the hint. */
export const hintField = 'for'

export function createInvitations({ store, seal, publicUrl }: Pick<App, 'store' | 'seal' | 'publicUrl'>): Invitations {
  return {
    async create(person, token) {
      const hint = newSecret()
      const key = fingerprint(hint)
      await store.set('invitations', key, seal.close(JSON.stringify({ person, token }), key, 'invitation'), lifetime)
      return `${publicUrl}/link?${hintField}=${hint}`
    },
    async find(hint) {
      if (!looksLikeSecret(hint)) return undefined
      const key = fingerprint(hint)
      const sealed = await store.get('invitations', key)
      return typeof sealed === 'string' ? (JSON.parse(seal.open(sealed, key, 'invitation')) as Invitation) : undefined
    },
  }
}
