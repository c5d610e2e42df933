import type { Publisher, RoundupPage } from '../../src/roundups/roundups.ts'

export interface Post {
  readonly channel: string
  readonly message: string
  /** As it is there by now. */
  page: RoundupPage
  readonly nonce: string
  readonly at: number
}

/** A publisher without a Discord, for time that passes at will: it keeps what is posted, and knows a nonce for five minutes. */
export interface MemoryPublisher extends Publisher {
  readonly posts: Post[]
  readonly updated: RoundupPage[]
  readonly removed: Post[]
  readonly notified: { readonly person: string; readonly channel: string; readonly about: string }[]
  /** Closed to the bot. */
  readonly closed: Set<string>
  /** Threads that are archived now, and how often one was opened. */
  readonly archived: Set<string>
  opened: number
}

const nonceLife = 5 * 60 * 1000

/** @param now the chat's own time */
export function createMemoryPublisher(now: () => number = Date.now): MemoryPublisher {
  const posts: Post[] = []
  const removed: Post[] = []
  const closed = new Set<string>()
  const archived = new Set<string>()
  const updated: RoundupPage[] = []
  const notified: MemoryPublisher['notified'] = []
  const nonces = new Map<string, number>()
  let last = 0
  const chat: MemoryPublisher = {
    posts,
    updated,
    removed,
    notified,
    closed,
    archived,
    opened: 0,
    newest: async (channel) => (closed.has(channel) ? 'closed' : { id: String(last) }),
    async post(channel, page, nonce) {
      if (closed.has(channel)) return 'closed'
      const known = posts.find((one) => one.channel === channel && one.nonce === nonce && one.at > now() - nonceLife)
      if (known) return { channel, message: known.message }
      const post = { channel, page, nonce, at: now(), message: String((last += 1)) }
      posts.push(post)
      return { channel, message: post.message }
    },
    async find(channel, id, after) {
      if (closed.has(channel)) return 'closed'
      const isLater = ({ message }: Post): boolean => Number(message) > Number(after)
      const found = posts.find((one) => one.channel === channel && one.page.id === id && isLater(one))
      return found && { channel, message: found.message }
    },
    async update({ channel, message }, page) {
      if (closed.has(channel)) return 'refused'
      if (archived.has(channel)) return 'archived'
      if (page) updated.push(page)
      const post = posts.find((one) => one.message === message)
      if (post && page) post.page = page
      return post ? 'done' : 'gone'
    },
    async setArchived(channel, isArchived) {
      if (closed.has(channel)) return 'refused'
      if (isArchived) archived.add(channel)
      else chat.opened += archived.delete(channel) ? 1 : 0
      return 'done'
    },
    async remove({ message }) {
      const index = posts.findIndex((one) => one.message === message)
      if (index >= 0) removed.push(...posts.splice(index, 1))
    },
    async notify(person, { channel, about }, nonce) {
      if ((nonces.get(nonce) ?? -Infinity) > now() - nonceLife) return
      nonces.set(nonce, now())
      notified.push({ person, channel, about })
    },
  }
  return chat
}
