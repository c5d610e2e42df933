import type { Publisher, RoundupPage } from '../../src/roundups/roundups.ts'

export interface Post {
  readonly channel: string
  readonly message: string
  /** As it stands there by now. */
  sheet: RoundupPage
  readonly nonce: string
  readonly at: number
}

/** The channels of a server as roundups see them: they keep what is posted, and know a nonce for five minutes. */
export interface Channels extends Publisher {
  readonly posts: Post[]
  readonly redrawn: RoundupPage[]
  readonly removed: Post[]
  readonly told: { readonly person: string; readonly channel: string }[]
  /** Closed to the bot. */
  readonly closed: Set<string>
}

const nonceLife = 5 * 60 * 1000

/** @param now the time of the chat, which is nobody else's */
export function createChannels(now: () => number = Date.now): Channels {
  const posts: Post[] = []
  const removed: Post[] = []
  const closed = new Set<string>()
  const redrawn: RoundupPage[] = []
  const told: Channels['told'] = []
  const nonces = new Map<string, number>()
  let last = 0
  return {
    posts,
    redrawn,
    removed,
    told,
    closed,
    newest: async (channel) => (closed.has(channel) ? 'closed' : { id: String(last) }),
    async post(channel, sheet, nonce) {
      if (closed.has(channel)) return 'closed'
      const known = posts.find((one) => one.channel === channel && one.nonce === nonce && one.at > now() - nonceLife)
      if (known) return { channel, message: known.message }
      const post = { channel, sheet, nonce, at: now(), message: String((last += 1)) }
      posts.push(post)
      return { channel, message: post.message }
    },
    async find(channel, id, after) {
      if (closed.has(channel)) return 'closed'
      const isLater = ({ message }: Post): boolean => Number(message) > Number(after)
      const found = posts.find((one) => one.channel === channel && one.sheet.id === id && isLater(one))
      return found && { channel, message: found.message }
    },
    async update({ message }, sheet) {
      redrawn.push(sheet)
      const post = posts.find((one) => one.message === message)
      if (post) post.sheet = sheet
    },
    async remove({ message }) {
      const index = posts.findIndex((one) => one.message === message)
      if (index >= 0) removed.push(...posts.splice(index, 1))
    },
    async notify(person, channel, nonce) {
      if ((nonces.get(nonce) ?? -Infinity) > now() - nonceLife) return
      nonces.set(nonce, now())
      told.push({ person, channel })
    },
  }
}
