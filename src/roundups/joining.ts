import type { Accounts } from '../accounts/accounts.ts'
import { giveConsent } from '../accounts/consent.ts'
import { runEach } from '../concurrency.ts'
import type { Crypto } from '../crypto.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { createBlocks } from './blocks.ts'
import type { createEnded } from './ended.ts'
import type { createMembers } from './members.ts'
import { createRemovalNews } from './removal-news.ts'

interface JoiningDeps {
  readonly store: Store
  readonly accounts: Pick<Accounts, 'get'>
  readonly crypto: Pick<Crypto, 'hmacs'>
  readonly members: Pick<ReturnType<typeof createMembers>, 'decides' | 'join' | 'leave' | 'left'>
  readonly ends: Pick<ReturnType<typeof createEnded>, 'forget'>
  /** Begins to change what shows somebody who has left. */
  startRemovals(server: string): void
  now(): number
}

/** Joining and leaving the roundups of a server, of one's own accord and of those who manage it. */
export function createJoining({ store, accounts, crypto, members, ends, startRemovals, now }: JoiningDeps) {
  const { block, lift, isBlocked } = createBlocks(store, crypto)
  const news = createRemovalNews(store, now)

  return {
    /**
     * `isAll`: they agree to be shown with everything. Rejects with NotLinkedError for somebody without a link, and with
     * UserError for somebody who is kept out.
     */
    async join(person: string, server: string, isAll = true): Promise<void> {
      const takeBack = () => leave(person, server)
      if (await isBlocked(person, server)) throw new UserError('roundup.blocked')
      await giveConsent(accounts, person, { give: () => members.join(person, server, isAll), takeBack })
      await news.forget(person, [server])
      // Who is blocked meanwhile may have been removed before they were in.
      if (!(await isBlocked(person, server))) return
      await takeBack()
      throw new UserError('roundup.blocked')
    },
    /** Also takes the person out of the roundups of the last week; false for somebody who is not in them. */
    async leave(person: string, server: string): Promise<boolean> {
      const took = await leave(person, server)
      // A removal that failed half way has noted that they were to be told of it.
      if (took) await news.forget(person, [server]).catch(() => undefined)
      return took
    },
    /** Where that was. */
    async leaveAll(person: string): Promise<readonly string[]> {
      const left = await members.left(person)
      for (const server of left) await leave(person, server)
      return left
    },
    isBlocked,
    /**
     * Leaves for somebody, as those who manage the server wish. `keepOut`: whether they may not join from now on, if that
     * is to change. `tell`: whether they are told with their next command. Whether they were in them.
     */
    async remove(person: string, server: string, { keepOut, tell }: { keepOut: boolean | null; tell: boolean }) {
      let tookPart = false
      await runEach([
        async () => keepOut !== null && (keepOut ? block : lift)(person, server),
        // Noted first, and told only once it is true: a process may die in between.
        async () => tell && (await members.decides(person, server)) && note(person, server),
        async () => (tookPart = await leave(person, server)),
      ]).catch((error: unknown) => {
        const isFull = error instanceof UserError && tookPart
        throw isFull ? new UserError('roundup.remove.full.removed', { ...error.values, person: `<@${person}>` }) : error
      })
      return tookPart
    },
    /** Whether somebody was removed and does not know yet, as far as this process knows. */
    hasNews: news.isWaiting,
    /** Has somebody told in which servers they were removed. */
    tellNews: (person: string, send: (servers: readonly string[]) => Promise<unknown>) =>
      news.tell(person, (server) => members.decides(person, server), send),
    news,
  }

  async function note(person: string, server: string): Promise<void> {
    await news.add(person, server)
    // Written, then looked at: an unlink may have forgotten all such news just before.
    if (!(await members.decides(person, server))) await news.forget(person, [server])
  }

  async function leave(person: string, server: string): Promise<boolean> {
    const took = await members.decides(person, server)
    // A store that fails over this lets people leave all the same.
    await ends.forget(person, server).catch(() => undefined)
    await members.leave(person, server)
    // Nobody who leaves waits for Discord.
    startRemovals(server)
    return took
  }
}
