import { isSecretShaped, newSecret, sha256, type Crypto } from '../crypto.ts'
import { UserError } from '../errors.ts'
import { StoreUnavailableError, type Store } from '../store/store.ts'
import { UnlinkedMeanwhileError } from './errors.ts'
import type { TemporaryRecords } from './temporary-records.ts'

interface Invitation {
  /** The Discord id of the person who used `/link`. */
  readonly person: string
  /** Of that interaction, where its answer is an ephemeral one that may become the news; for fifteen minutes. */
  readonly token?: string
  /** A track, by its id, that the person wants among their liked songs; for which they link. */
  readonly save?: string
}

export interface InvitationOptions {
  /** Of the person's own Spotify app, as typed. It travels in the address, where the person can change it. */
  readonly clientId?: string | undefined
  readonly save?: string | undefined
}

// As long as Discord lets an answer be changed.
const ttl = 15 * 60 * 1000

/** Query parameters and form fields: the hint, the Client ID of a person's own Spotify app, the guide to such an app. */
export const hintField = 'for'
export const clientIdField = 'client-id'
export const ownField = 'own'

/** The hints in link addresses: they find the ephemeral message again, and decide nothing. */
export type Invitations = ReturnType<typeof createInvitations>

export function createInvitations(store: Store, crypto: Crypto, temporaryRecords: TemporaryRecords, publicUrl: string) {
  return {
    create,
    /** Like `create`; where nothing can be noted, the address without a hint, by which people link just the same. */
    async createOrPlain(person: string, token: string | undefined, clientId: string | undefined): Promise<string> {
      try {
        return await create(person, token, { clientId })
      } catch (error) {
        if (error instanceof StoreUnavailableError || error instanceof UnlinkedMeanwhileError)
          return address({ [clientIdField]: clientId })
        throw error
      }
    },
    async find(hint: string): Promise<Invitation | undefined> {
      if (!isSecretShaped(hint)) return undefined
      const key = sha256(hint)
      const encrypted = await store.get('invitations', key)
      if (typeof encrypted !== 'string') return undefined
      return JSON.parse(crypto.decrypt(encrypted, key, 'invitation')) as Invitation
    },
  }

  /** The address for the button of an ephemeral answer. Throws UserError for a Client ID that is none. */
  async function create(person: string, token: string | undefined, options: InvitationOptions = {}): Promise<string> {
    const clientId = readClientId(options.clientId)
    const hint = newSecret()
    const key = sha256(hint)
    const encrypted = crypto.encrypt(JSON.stringify({ person, token, save: options.save }), key, 'invitation')
    await temporaryRecords.set({ people: [person], kind: 'invitations', key, ttl, newest: 5 }, encrypted)
    return address({ [hintField]: hint, [clientIdField]: clientId })
  }

  function address(fields: Readonly<Record<string, string | undefined>>): string {
    const url = new URL(`${publicUrl}/link`)
    for (const [name, value] of Object.entries(fields)) if (value) url.searchParams.set(name, value)
    return url.href
  }
}

/** A Client ID as people paste it; undefined where there is none. Throws UserError for what is no Client ID. */
export function readClientId(text: string | null | undefined): string | undefined {
  const id = text?.trim().toLowerCase()
  if (!id) return undefined
  if (/^[0-9a-f]{32}$/.test(id)) return id
  throw new UserError('link.clientId')
}
