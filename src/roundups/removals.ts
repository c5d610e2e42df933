import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { holdLease } from '../store/held-lease.ts'
import { StoreUnavailableError, type Store } from '../store/store.ts'
import { createBackoff, pauseAfter } from './backoff.ts'
import type { createMembers } from './members.ts'
import type { Notices } from './notices.ts'
import { marked, opened, type PostedMessage } from './posted-message.ts'
import type { Publisher } from './publishing.ts'
import { removalsIndex, writtenBy, type RoundupHeads } from './roundup-heads.ts'
import type { RoundupPage } from './roundup-page.ts'

interface RemovalDeps {
  readonly store: Store
  readonly heads: RoundupHeads
  readonly members: Pick<ReturnType<typeof createMembers>, 'endLeaving'>
  readonly publisher: Publisher
  readonly notices: Notices
  purge(server: string): Promise<void>
  page(server: string, id: string, page: number): Promise<RoundupPage | undefined>
  /** Notes a post that a process has left in the chat without noting it, if there may be one. */
  locate(server: string, signal: AbortSignal): Promise<void>
  now(): number
}

type PendingMessage = PostedMessage & { readonly pending: NonNullable<PostedMessage['pending']> }

const atOnce = 8
const leaseTime = 30_000
const margin = 5_000
const lookAgain = 5_000

/**
 * What is still to be done about the roundups of a server: those who have left are taken out of what is stored and of
 * the messages in the chat, and direct messages are sent. All of it is noted in the store and tried, by whatever
 * process, until it is done or Discord says that it will never be.
 */
export function createRemovals(deps: RemovalDeps) {
  const { store, heads, members, publisher, notices, purge, page, locate, now } = deps
  const running = new Map<string, Promise<void>>()
  /** Servers that have no turn now. Not in the store: others may succeed. */
  const resting = new LRUCache<string, true>({ maxSize: 10_000, sizeCalculation: () => 1, ttlResolution: 0 })
  const backoff = createBackoff()

  return {
    /** Begins with a server now, unless there is much to do. */
    start,
    /** Begins with every server that has something to do, and waits a moment for them. */
    async runDue(ended: AbortSignal): Promise<void> {
      // What fails for good is listed before all others, so as many more are looked at.
      resting.purgeStale()
      for (const server of await store.due(removalsIndex, now(), 100 + resting.size)) start(server, ended)
      const moment = sleep(lookAgain, undefined, { ref: false, signal: ended }).catch(() => undefined)
      await Promise.race([Promise.all(running.values()), moment])
    },
    /** Notes what is wrong with a message that was noted as pending, if anything: these people are on it and have left. */
    async check(server: string, message: PostedMessage, left: readonly string[] | undefined): Promise<void> {
      await changeMessage(server, message, (known, version) => {
        if (left) return marked(known, version, now(), notices.toTell(known, left))
        return known.pending?.mark === message.pending?.mark ? { ...known, pending: null } : known
      })
    },
  }

  function start(server: string, ended?: AbortSignal): void {
    if (running.has(server) || resting.has(server) || running.size >= atOnce) return
    // The store has it still, for this process later and for others now.
    const failed = (error: unknown): void => {
      if (!(error instanceof StoreUnavailableError)) resting.set(server, true, { ttl: backoff.next(server) })
    }
    const work = run(server, ended)
      .then(() => backoff.reset(server))
      .catch(failed)
      .finally(() => running.delete(server))
    running.set(server, work)
  }

  async function run(server: string, ended?: AbortSignal): Promise<void> {
    const options = { margin, clock: { wall: now }, ...(ended && { ended }) }
    await using lease = await holdLease(store, `removal.${server}`, leaseTime, options)
    if (!lease) return
    let isLocated = false
    await members.endLeaving(server)
    for (;;) {
      lease.check()
      const record = await heads.read(server)
      const isDirty = record?.roundups.some((head) =>
        head.isWritten ? head.removed.length > 0 : writtenBy(head) <= now(),
      )
      const message = record?.messages.find((one): one is PendingMessage => (one.pending?.due ?? Infinity) <= now())
      const notice = record?.notices.find(({ due }) => due <= now())
      if (isDirty) await purge(server)
      else if (!isLocated) isLocated = await locate(server, lease.signal).then(() => true)
      else if (message) await edit(server, message, lease.signal)
      else if (notice) await notices.send(server, notice)
      else return await heads.repairIndex(server)
    }
  }

  async function edit(server: string, message: PendingMessage, signal: AbortSignal): Promise<void> {
    let { isOpened } = message.pending
    const outcome = await attempt().catch(() => 'later' as const)
    await changeMessage(
      server,
      message,
      (known, version) => {
        const { pending } = known
        if (!pending || outcome === 'gone') return outcome === 'gone' ? undefined : known
        const due = now() + pauseAfter(pending.tries)
        if (outcome === 'later') return { ...known, pending: { ...pending, isOpened, due, tries: pending.tries + 1 } }
        // Somebody else has left meanwhile.
        if (pending.mark !== message.pending.mark)
          return marked({ ...known, pending: null }, version, now(), pending.tell)
        return known.roundup === '' ? undefined : { ...known, pending: null }
      },
      outcome === 'refused',
    )

    async function attempt() {
      const shown = message.roundup === '' ? undefined : await page(server, message.roundup, 1)
      let outcome = await publisher.update(message, shown, signal)
      if (outcome === 'archived') {
        // Noted first: a process that takes over archives it again.
        if (!isOpened) await changeMessage(server, message, opened)
        isOpened = true
        const opening = await publisher.setArchived(message.channel, false, signal)
        isOpened = opening === 'done'
        if (!isOpened) return opening
        outcome = await publisher.update(message, shown, signal).catch(() => 'archived')
      }
      if (isOpened) await publisher.setArchived(message.channel, true, signal)
      isOpened = false
      return outcome === 'archived' ? 'later' : outcome
    }
  }

  /** Changes what is noted about a message; those who are to be told where it `stays` are noted in the same step. */
  async function changeMessage(
    server: string,
    { channel, message }: PostedMessage,
    change: (known: PostedMessage, version: number) => PostedMessage | undefined,
    stays = false,
  ): Promise<void> {
    await heads.change(server, ({ messages, notices: before }, version) => {
      const isIt = (one: PostedMessage): boolean => one.message === message && one.channel === channel
      const fresh = messages.filter((one) => stays && isIt(one)).flatMap(notices.aboutStaying)
      return {
        messages: messages.flatMap((one) => (isIt(one) ? (change(one, version) ?? []) : one)),
        notices: [...before, ...fresh],
      }
    })
  }
}
