import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { App } from '../../src/app.ts'
import type { Ways } from '../../src/bot/callback.ts'
import type { Command } from '../../src/bot/command.ts'
import { createDispatch } from '../../src/bot/dispatch.ts'
import type { Interaction } from '../../src/bot/interaction.ts'
import type { Inline } from '../../src/web/interactions.ts'
import { createLog } from '../../src/log.ts'
import { noMetrics } from '../../src/metrics/metrics.ts'

const never = new Promise<never>(() => undefined)
const slow: Command = {
  data: { name: 'slow', description: 'Never answers', contexts: [0], integration_types: [0] },
  private: true,
  run: () => never,
  press: () => never,
  complete: () => never,
}
const about = { id: '1180000000000000777', token: 'aW50ZXJhY3Rpb24', applicationId: '1180000000000000001' }

let sent: unknown[]
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  sent = []
})
afterEach(() => void vi.useRealTimers())

/** Takes an interaction to a command that never answers, in a program whose store is as slow as `create`. */
function take(interaction: object, create: () => Promise<boolean> = async () => true, inline?: Inline): void {
  const respond: Ways['respond'] = async (_, { body }) => void sent.push(body)
  const app = { store: { create }, metrics: noMetrics, explain: () => undefined } as unknown as App
  const ways = { respond, rest: {} } as Ways
  const dispatch = createDispatch(
    new Map([['slow', slow]]),
    app,
    ways,
    createLog('silent'),
    new AbortController().signal,
  )
  void dispatch({ ...about, name: 'slow', ...interaction } as Interaction, inline)
}

const command = { kind: 'command', given: [], call: { id: about.id } }

test.each([
  ['a command', command, 5],
  ['a press', { kind: 'press', press: {}, onMessage: true }, 6],
])('%s is announced 800 ms after it came, and not before', async (_, interaction, type) => {
  take(interaction)
  await vi.advanceTimersByTimeAsync(799)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toMatchObject([{ type }])
})

test('what the store takes to tell a copy counts: the announcement goes out 800 ms after the request', async () => {
  const slowly = () => new Promise<boolean>((resolve) => setTimeout(resolve, 300, true))
  const inline: Inline = { answer: async () => 'taken', elsewhere: () => undefined }
  take(command, slowly, inline)
  await vi.advanceTimersByTimeAsync(799)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toMatchObject([{ type: 5 }])
})

test('suggestions are given up after 250 ms, and nothing is offered', async () => {
  take({ kind: 'suggestions', call: {} })
  await vi.advanceTimersByTimeAsync(249)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual([{ type: 8, data: { choices: [] } }])
})
