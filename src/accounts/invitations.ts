import { isSecretShaped, newSecret, sha256, type Crypto } from '../crypto.ts'
import { UserError } from '../errors.ts'
import { StoreUnavailableError, type Store } from '../store/store.ts'
import { UnlinkedMeanwhileError } from './errors.ts'
import type { LinkTask, NotedTask } from './link-task.ts'
import type { TemporaryRecords } from './temporary-records.ts'

interface AnswerPlace {
  /** The language of its reader, as Discord names it. */
  readonly locale?: string | undefined
  /** The ids of the server, or "@me" outside of one, and of the channel where the address is, with a slash between. */
  readonly place?: string | undefined
}

interface Invitation extends NotedTask, AnswerPlace {
  /** The Discord id of the person who is answered. */
  readonly person: string
  /** Of that interaction, where its answer is an ephemeral one that may become the news; for fifteen minutes. */
  readonly token?: string
  /** The id of that answer, where it may be another than the first one. */
  readonly message?: string
}

export interface InvitationOptions extends AnswerPlace {
  readonly task?: LinkTask | undefined
  /** Of the person's own Spotify app, as typed. It travels in the address, where the person can change it. */
  readonly clientId?: string | undefined
}

// As long as Discord lets an answer be changed.
const ttl = 15 * 60 * 1000

/**
 * Query parameters and form fields: the hint, the Client ID of a person's own Spotify app, the guide to such an app, and
 * the language of the pages. The kind of a task is one as well.
 */
export const hintField = 'for'
export const clientIdField = 'client-id'
export const ownField = 'own'
export const localeField = 'lang'

/** The hints in link addresses: they find the ephemeral message again, and decide nothing. */
export type Invitations = ReturnType<typeof createInvitations>

export function createInvitations(store: Store, crypto: Crypto, temporaryRecords: TemporaryRecords, publicUrl: string) {
  return {
    create,
    plain,
    /** Like `create`; where nothing can be noted, the address without a hint, by which people link just the same. */
    async createOrPlain(person: string, token: string | undefined, options: InvitationOptions): Promise<string> {
      try {
        return await create(person, token, options)
      } catch (error) {
        if (error instanceof StoreUnavailableError || error instanceof UnlinkedMeanwhileError)
          return plain(options.clientId)
        throw error
      }
    },
    /** Notes which message the address is in. It leads to linking without that as well, so this never rejects. */
    async noteAnswer(address: string, token: string, message: string): Promise<void> {
      const since = Date.now()
      const hint = new URL(address).searchParams.get(hintField) ?? ''
      const note = async (): Promise<void> => {
        const known = await find(hint)
        if (known) await keep(hint, { ...known, token, message }, since)
      }
      await note().catch(() => undefined)
    },
    find,
  }

  /** The address without a hint, for what is read at any time. */
  function plain(clientId: string | undefined): string {
    return publicUrl + linkPath({ [clientIdField]: clientId })
  }

  /** The address for the button of an ephemeral answer. Throws UserError for a Client ID that is none. */
  async function create(person: string, token: string | undefined, options: InvitationOptions = {}): Promise<string> {
    const clientId = readClientId(options.clientId)
    const hint = newSecret()
    const { task, place, locale } = options
    await keep(hint, { person, ...(token !== undefined && { token }), task, place, locale })
    const fields = { [hintField]: hint, [clientIdField]: clientId, [localeField]: locale }
    return publicUrl + linkPath({ ...fields, ...(task && { [task.kind]: '1' }) })
  }

  async function keep(hint: string, invitation: Invitation, since = Infinity): Promise<void> {
    const key = sha256(hint)
    const encrypted = crypto.encrypt(JSON.stringify(invitation), key, 'invitation')
    const people = [invitation.person]
    await temporaryRecords.set({ people, kind: 'invitations', key, ttl, since, newest: 5 }, encrypted)
  }

  async function find(hint: string): Promise<Invitation | undefined> {
    if (!isSecretShaped(hint)) return undefined
    const key = sha256(hint)
    const encrypted = await store.get('invitations', key)
    if (typeof encrypted !== 'string') return undefined
    return JSON.parse(crypto.decrypt(encrypted, key, 'invitation')) as Invitation
  }
}

/** The path of the page where linking begins. */
export function linkPath(fields: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value) query.set(name, value)
  return query.size > 0 ? `/link?${query}` : '/link'
}

/** The addresses of the notices in a language, where they are ours. */
export function policiesIn(locale: string, { privacy, terms }: Readonly<Record<'privacy' | 'terms', string>>) {
  const fields = new URLSearchParams({ [localeField]: locale })
  const inLanguage = (url: string): string => (/\/(?:privacy|terms)$/.test(url) ? `${url}?${fields}` : url)
  return { privacy: inLanguage(privacy), terms: inLanguage(terms) }
}

/** A Client ID as people paste it; undefined where there is none. Throws UserError for what is no Client ID. */
export function readClientId(text: string | null | undefined): string | undefined {
  const id = text?.trim().toLowerCase()
  if (id && !isClientId(id)) throw new UserError('link.clientId')
  return id || undefined
}

export function isClientId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text.trim())
}
