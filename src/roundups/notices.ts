import type { Crypto } from '../crypto.ts'
import { pauseAfter } from './backoff.ts'
import { nonceOf } from './deliver.ts'
import type { PostedMessage } from './posted-message.ts'
import type { Publisher } from './publishing.ts'
import { week, type Notice, type RoundupHeads } from './roundup-heads.ts'

export type Notices = ReturnType<typeof createNotices>

/** Direct messages about roundups, which wait in the record of their server until they are sent or Discord refuses them. */
export function createNotices(
  heads: RoundupHeads,
  publisher: Publisher,
  crypto: Pick<Crypto, 'encrypt' | 'decrypt'>,
  now: () => number,
  localeOf: (person: string) => Promise<string | undefined>,
) {
  return {
    /** Who is told where this message cannot be changed, with these people, each once; encrypted. */
    toTell({ pending }: PostedMessage, people: readonly string[]): string[] {
      const before = pending?.tell ?? []
      const known = new Set(before.map(reveal))
      return [...before, ...people.filter((person) => !known.has(person)).map(hide)]
    },
    /** Notes that a person is to be told, once for the same nonce within minutes. */
    async add(server: string, person: string, about: Notice['about'], channel: string, nonce: string): Promise<void> {
      const notice = noticeTo(hide(person), about, { channel, message: null }, nonce)
      await heads.change(server, ({ notices }) => ({
        notices: [...notices.filter((one) => one.nonce !== nonce), notice],
      }))
    },
    /** For everybody who has left a message that cannot be changed; who has left twice is told once. */
    aboutStaying({ channel, message, pending }: PostedMessage): Notice[] {
      const people = new Map(pending?.tell.map((hidden) => [reveal(hidden), hidden]))
      return [...people].map(([person, hidden]) =>
        noticeTo(hidden, 'stays', { channel, message }, nonceOf(`${message} ${person}`)),
      )
    },
    async send(server: string, notice: Notice): Promise<void> {
      const person = reveal(notice.person)
      const outcome = person === undefined ? undefined : await attempt(person, { ...notice, server })
      const again = (): Notice => {
        if (typeof outcome === 'object') return { ...notice, due: now() + outcome.in }
        return { ...notice, due: now() + pauseAfter(notice.tries), tries: notice.tries + 1 }
      }
      await heads.change(server, ({ notices }) => ({
        notices: notices.flatMap((one) => (one.nonce === notice.nonce ? (outcome ? again() : []) : one)),
      }))
    },
  }

  /** Undefined once it is over. */
  async function attempt(person: string, notice: Notice & { readonly server: string }) {
    const locale = await localeOf(person)
    return publisher.notify(person, { ...notice, locale }, notice.nonce).then(
      (early) => early ?? undefined,
      () => 'later' as const,
    )
  }

  function noticeTo(person: string, about: Notice['about'], at: Pick<Notice, 'channel' | 'message'>, nonce: string) {
    return { nonce, person, about, ...at, due: now(), tries: 0, ends: now() + week }
  }

  function hide(person: string): string {
    return crypto.encrypt(person, 'roundups', 'person')
  }

  /** Undefined where the key is gone. */
  function reveal(text: string): string | undefined {
    try {
      return crypto.decrypt(text, 'roundups', 'person')
    } catch {
      return undefined
    }
  }
}
