import { archivedThread, lockedThread, refusedMessage } from '../refusal.ts'
import type { World } from './world.ts'
import { changed } from './world.ts'

export interface Thread {
  readonly archived: boolean
  readonly locked: boolean
  /** Whether the bot has Manage Threads there. */
  readonly managed: boolean
}

/** Makes a thread of a channel, or changes it. */
export function setThread(world: World, channelId: string, changes: Partial<Thread>): void {
  const before = world.threads.get(channelId) ?? { archived: false, locked: false, managed: true }
  world.threads.set(channelId, { ...before, ...changes })
  changed(world)
}

/** @throws Refusal 50083 where the thread is archived, 160005 for a post where it is locked, or with the channel's own code. */
export function requireWritable(world: World, channelId: string, isPost: boolean): void {
  const thread = world.threads.get(channelId)
  if (thread?.archived) throw archivedThread()
  if (thread?.locked && isPost) throw lockedThread()
  const code = world.postRefusals.get(channelId)
  if (code !== undefined) throw refusedMessage(code)
}
