import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { App } from '../../src/context.ts'
import type { KnownInteraction } from '../../src/discord/client.ts'
import { createDispatch } from '../../src/discord/dispatch.ts'
import type { LoadedCommand } from '../../src/discord/load.ts'
import { createLog } from '../../src/log.ts'
import { noMetrics } from '../../src/metrics.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'

const never = new Promise<never>(() => undefined)
const data = { name: 'slow', description: 'Never answers', contexts: [0], integration_types: [0] }
const executable = { data, ephemeral: true, readOnly: false, execute: () => never, autocomplete: () => never }
const slow: LoadedCommand = {
  ...{ data, files: ['commands/slow.ts'] },
  component: () => never,
  find: () => executable,
}

let sent: string[]
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  sent = []
})
afterEach(() => void vi.useRealTimers())

type Kind = 'command' | 'component' | 'autocomplete'

/** As far as the dispatch looks at an interaction of discord.js. */
function interactionOf(kind: Kind): KnownInteraction {
  const note = (what: string) => async () => void sent.push(what)
  return {
    ...{ id: '1180000000000000777', commandName: 'slow', customId: 'slow:1', message: {}, webhook: {} },
    options: { getSubcommand: () => null, getFocused: () => '', data: [] },
    isAutocomplete: () => kind === 'autocomplete',
    isChatInputCommand: () => kind === 'command',
    isContextMenuCommand: () => false,
    isModalSubmit: () => false,
    reply: note('reply'),
    deferReply: note('deferReply'),
    deferUpdate: note('deferUpdate'),
    respond: async (choices: readonly unknown[]) => void sent.push(`${choices.length} choices`),
  } as unknown as KnownInteraction
}

/** Takes an interaction to a command that never answers, in a program whose store is as slow as `create`. */
function take(kind: Kind, create?: () => Promise<boolean>, command = slow): void {
  const app = { store: { create }, metrics: noMetrics } as unknown as App
  const commands = new Map([['slow', command]])
  const dispatch = createDispatch(commands, app, new Map(), createLog('silent'), new AbortController().signal)
  void dispatch(interactionOf(kind), create !== undefined)
}

test.each([
  ['command', 'deferReply'],
  ['component', 'deferUpdate'],
] as const)('a %s is deferred 800 ms after it came, and not before', async (kind, deferral) => {
  take(kind)
  await vi.advanceTimersByTimeAsync(799)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual([deferral])
})

test('what the store takes to tell a copy counts: the deferral goes out 800 ms after the request', async () => {
  take('command', () => new Promise<boolean>((resolve) => setTimeout(resolve, 300, true)))
  await vi.advanceTimersByTimeAsync(799)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual(['deferReply'])
})

test('a store that gives up after a second and a half: the answer goes out at that moment', async () => {
  const givenUp = (): Promise<boolean> =>
    new Promise((_, reject) => setTimeout(() => reject(new StoreUnavailableError('away')), 1_500))
  take('command', givenUp)
  await vi.advanceTimersByTimeAsync(1_499)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual(['reply'])
})

test('autocomplete is given up after 250 ms, and nothing is offered', async () => {
  take('autocomplete')
  await vi.advanceTimersByTimeAsync(249)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual(['0 choices'])
})

test('autocomplete that throws before it promises anything offers nothing', async () => {
  const autocomplete = (): never => {
    throw new Error('at once')
  }
  take('autocomplete', undefined, { ...slow, find: () => ({ ...executable, autocomplete }) })
  await vi.advanceTimersByTimeAsync(0)
  expect(sent).toEqual(['0 choices'])
})
