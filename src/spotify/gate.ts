import { RateLimitedError } from './errors.ts'

export interface Block {
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly reason: 'rate' | 'quota'
}

/** Where a block is kept so that every process and the next start see it. */
export interface BlockMemory {
  load(): Promise<Block | undefined>
  save(block: Block): Promise<void>
}

/** Stands before every request of one Spotify app: while Spotify asks to wait, nothing passes. */
export interface Gate {
  /** Rejects with RateLimitedError, without a request, until the block is over. */
  pass(): Promise<void>
  /** Remembers a block; a shorter one never replaces a longer one. */
  block(block: Block): Promise<void>
}

export function createGate(memory: BlockMemory, now: () => number = Date.now): Gate {
  let known: Block | undefined
  let lookedAt = -Infinity

  return {
    async pass() {
      if (known && known.until > now()) throw new RateLimitedError(known.until, known.reason)
      // Other processes write the block too; a second is how late this one may learn of it.
      if (now() - lookedAt < 1000) return
      known = later(known, await memory.load())
      lookedAt = now()
      if (known && known.until > now()) throw new RateLimitedError(known.until, known.reason)
    },
    async block(block) {
      known = later(known, block)
      await memory.save(later(block, await memory.load()) ?? block)
    },
  }
}

function later(one: Block | undefined, other: Block | undefined): Block | undefined {
  return !one || (other && other.until > one.until) ? other : one
}
