import { randomBytes } from 'node:crypto'
import type { Choice, Message, Modal } from '../discord.ts'
import type { World } from './world.ts'
import { remember } from './world.ts'
import { viewOf, type StoredMessage } from './messages.ts'

export type Result =
  | { readonly kind: 'message' | 'update'; readonly message: Message }
  | { readonly kind: 'modal'; readonly modal: Modal }
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  | { readonly kind: 'failed'; readonly reason: string }

export type Settled = { readonly acknowledgedAfter: number; readonly deferred: boolean } & Result

/** Discord's types: 2 command, 3 component, 4 autocomplete, 5 modal. */
export type InteractionType = 2 | 3 | 4 | 5

/** Who does what, where. */
export interface Act {
  readonly type: InteractionType
  readonly personId: string
  readonly channelId: string
  /** The slash command as typed. */
  readonly command?: string
  /** The message whose component was used, also for a modal that such a component opened. */
  readonly sourceId?: string
  /** Option type of the field that is being completed. */
  readonly focusedType?: number
  /** Interaction metadata of what opened this modal. */
  readonly triggeredBy?: Record<string, unknown>
}

export interface Interaction extends Act {
  readonly id: string
  readonly token: string
  /** By the world's clock, for the 15 minutes. */
  readonly createdAt: number
  /** Monotonic, for the 3 seconds. */
  readonly openedAt: number
  expired: boolean
  /** Callback type of the first answer. */
  answer?: number
  acknowledgedAfter: number
  /** Message id behind @original. */
  originalId?: string
  readonly followUps: Set<string>
  timer: NodeJS.Timeout | undefined
  resolve: ((settled: Settled) => void) | undefined
}

const deferrals = [5, 6]
/** Discord's own patience, in milliseconds. */
const threeSeconds = 3000

/** Opens an interaction whose outcome is known once it is answered completely, or has failed. */
export function openInteraction(world: World, act: Act): { interaction: Interaction; settled: Promise<Settled> } {
  const interaction: Interaction = {
    ...act,
    id: world.nextId(),
    token: `aW50ZXJhY3Rpb246${randomBytes(48).toString('base64url')}`,
    createdAt: world.now(),
    openedAt: performance.now(),
    expired: false,
    acknowledgedAfter: Number.NaN,
    followUps: new Set(),
    timer: undefined,
    resolve: undefined,
  }
  const settled = new Promise<Settled>((resolve) => (interaction.resolve = resolve))
  interaction.timer = setTimeout(() => {
    interaction.expired = true
    settle(interaction, { kind: 'failed', reason: 'The application did not respond' })
  }, deadlineOf(world))
  remember(world.interactions, interaction.token, interaction)
  return { interaction, settled }
}

/** Where no bot is connected or will resume, nobody ever gets the interaction, however patient this Discord is. */
function deadlineOf({ answerWithin, sessions, endpoint }: World): number {
  return sessions.size > 0 || endpoint.urls.length > 0 ? answerWithin : Math.min(answerWithin, threeSeconds)
}

/** Whether the first answer may no longer come. */
export function isTooLate(world: World, { expired, openedAt, createdAt }: Interaction): boolean {
  return expired || performance.now() - openedAt > world.answerWithin || world.now() - createdAt > world.answerWithin
}

export function acknowledge(world: World, interaction: Interaction, answer: number): void {
  interaction.answer = answer
  interaction.acknowledgedAfter = performance.now() - interaction.openedAt
  clearTimeout(interaction.timer)
  if (!deferrals.includes(answer)) return
  const reason = `The deferred answer did not come within ${world.finishWithin / 1000} seconds`
  interaction.timer = setTimeout(() => settle(interaction, { kind: 'failed', reason }), world.finishWithin)
}

/** Tells those who wait; only the first result counts. */
export function settle(interaction: Interaction, result: Result): void {
  clearTimeout(interaction.timer)
  const { acknowledgedAfter, answer } = interaction
  interaction.resolve?.({ acknowledgedAfter, deferred: deferrals.includes(answer ?? 0), ...result })
  interaction.resolve = undefined
}

export function settleWithMessage(interaction: Interaction, kind: 'message' | 'update', message: StoredMessage): void {
  settle(interaction, { kind, message: viewOf(message) })
}
