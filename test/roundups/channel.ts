import type { Courier, Sheet } from '../../src/roundups/roundups.ts'

export interface Post {
  readonly channel: string
  readonly sheet: Sheet
  readonly nonce: string
  readonly at: number
}

/** The channels of a server as roundups see them: they keep what is posted, and know a nonce for five minutes. */
export interface Channels extends Courier {
  readonly posts: Post[]
  readonly redrawn: Sheet[]
  readonly told: { readonly person: string; readonly channel: string }[]
  /** Closed to the bot. */
  readonly closed: Set<string>
}

const nonceLife = 5 * 60 * 1000

export function createChannels(now: () => number = Date.now): Channels {
  const posts: Post[] = []
  const closed = new Set<string>()
  const redrawn: Sheet[] = []
  const told: Channels['told'] = []
  const placeOf = (post: Post) => ({ channel: post.channel, message: String(posts.indexOf(post) + 1) })
  return {
    posts,
    redrawn,
    told,
    closed,
    async post(channel, sheet, nonce) {
      if (closed.has(channel)) return 'closed'
      const known = posts.find((one) => one.channel === channel && one.nonce === nonce && one.at > now() - nonceLife)
      if (known) return placeOf(known)
      const post = { channel, sheet, nonce, at: now() }
      posts.push(post)
      return placeOf(post)
    },
    async find(channel, id, since) {
      if (closed.has(channel)) return 'closed'
      const found = posts.find((one) => one.channel === channel && one.sheet.id === id && one.at >= since)
      return found && placeOf(found)
    },
    async redraw(_place, sheet) {
      redrawn.push(sheet)
    },
    async tell(person, channel) {
      told.push({ person, channel })
    },
  }
}
