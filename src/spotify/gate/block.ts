import type { Clock } from './clock.ts'

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

export interface KnownBlock {
  /** Learns what other processes have been told, with one look a second at most. A store that is away tells nothing. */
  look(): Promise<void>
  /** The block that is on, if one is. */
  on(): Block | undefined
  /** Remembers a block; a shorter one never replaces a longer one. */
  set(block: Block): Promise<void>
}

const lookEvery = 1000

export function createBlock(memory: BlockMemory, { now }: Clock): KnownBlock {
  let known: Block | undefined
  let lookedAt = -Infinity
  let looking: Promise<void> | undefined

  return {
    async look() {
      if ((known && known.until > now()) || now() - lookedAt < lookEvery) return
      looking ??= lookNow().finally(() => (looking = undefined))
      await looking
    },
    on: () => (known && known.until > now() ? known : undefined),
    async set(block) {
      known = later(known, block)
      await memory
        .load()
        .then((stored) => memory.save(later(block, stored) ?? block))
        .catch(leaveToThisProcess)
    },
  }

  async function lookNow(): Promise<void> {
    known = later(known, await memory.load().catch(leaveToThisProcess))
    lookedAt = now()
  }
}

function later(one: Block | undefined, other: Block | undefined): Block | undefined {
  return !one || (other && other.until > one.until) ? other : one
}

// It goes on with what it knows by itself; whatever else needs the store will say that it is away.
function leaveToThisProcess(): undefined {}
