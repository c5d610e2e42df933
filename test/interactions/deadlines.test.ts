import { InteractionResponseType, Routes } from 'discord.js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Choice } from '../../sandbox/discord/discord.ts'
import { createDiscord } from '../../sandbox/discord/in-process.ts'
import { channels, guild, people } from '../../sandbox/people.ts'
import type { App } from '../../src/context.ts'
import { createDispatch } from '../../src/discord/dispatch.ts'
import type { LoadedCommand } from '../../src/discord/load.ts'
import { createLanguages } from '../../src/i18n.ts'
import { createLog } from '../../src/log.ts'
import { noMetrics } from '../../src/metrics.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { button, row } from '../../src/views/components.ts'
import { botOn } from '../world/bot-in-process.ts'

const never = new Promise<never>(() => undefined)
const word = { type: 3, name: 'word', description: 'Completes itself', autocomplete: true } as const
const data = { name: 'slow', description: 'Never answers', options: [word], contexts: [0], integration_types: [0] }
const executable = { data, ephemeral: true, readOnly: false, execute: () => never, autocomplete: () => never }
const slow: LoadedCommand = {
  ...{ data, files: ['commands/slow.ts'] },
  component: () => never,
  find: () => executable,
}
const [ana, music] = [people[0]?.id ?? '', channels[0]?.id ?? '']

/** The first answers that have gone out, by what they are. */
let sent: string[]
/** What is offered to Ana who types. */
let offered: Promise<readonly Choice[]> | undefined
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  sent = []
})
afterEach(() => void vi.useRealTimers())

type Kind = 'command' | 'component' | 'autocomplete'

/** Ana uses a command that never answers, in a program whose store is as slow as `create`. */
async function take(kind: Kind, create?: () => Promise<boolean>, command = slow): Promise<void> {
  const membership = { saw() {} }
  const roundups = { hasNews: () => false }
  const app = {
    store: { create },
    languages: createLanguages(),
    metrics: noMetrics,
    membership,
    roundups,
    accounts: { noteLocale: async () => undefined },
  } as unknown as App
  const log = createLog('silent')
  const dispatch = createDispatch(new Map([['slow', command]]), app, new Map(), log, new AbortController().signal)
  const discord = createDiscord({ people, guild, channels })
  const { rest } = botOn(discord, log, (interaction) => void dispatch(interaction, create !== undefined))
  await rest.put(Routes.applicationCommands(discord.credentials.clientId), { body: [data] })
  const body = { content: 'Press', components: [row(button('Slow', 'slow:1'))] }
  const { id } = (await rest.post(Routes.channelMessages(music), { body })) as { id: string }
  rest.options.makeRequest = (url, init) => {
    const { type } = JSON.parse(typeof init.body === 'string' ? init.body : '{}') as { type: InteractionResponseType }
    sent.push(InteractionResponseType[type])
    return discord.makeRequest(url, init)
  }
  if (kind === 'command') void discord.use(ana, music, 'slow')
  if (kind === 'component') void discord.press(ana, id, 'Slow')
  if (kind === 'autocomplete') offered = discord.complete(ana, music, 'slow', {}, 'word')
}

test.each([
  ['command', 'DeferredChannelMessageWithSource'],
  ['component', 'DeferredMessageUpdate'],
] as const)('a %s is deferred 800 ms after it came, and not before', async (kind, deferral) => {
  await take(kind)
  await vi.advanceTimersByTimeAsync(799)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual([deferral])
})

test('what the store takes to tell a copy counts: the deferral goes out 800 ms after the request', async () => {
  await take('command', () => new Promise<boolean>((resolve) => setTimeout(resolve, 300, true)))
  await vi.advanceTimersByTimeAsync(799)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual(['DeferredChannelMessageWithSource'])
})

test('a store that gives up after a second and a half: the answer goes out at that moment', async () => {
  const givenUp = (): Promise<boolean> =>
    new Promise((_, reject) => setTimeout(() => reject(new StoreUnavailableError('away')), 1_500))
  await take('command', givenUp)
  await vi.advanceTimersByTimeAsync(1_499)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual(['ChannelMessageWithSource'])
})

test('autocomplete is given up after 250 ms, and nothing is offered', async () => {
  await take('autocomplete')
  await vi.advanceTimersByTimeAsync(249)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(await offered).toEqual([])
})

test('autocomplete that throws before it promises anything offers nothing', async () => {
  const autocomplete = (): never => {
    throw new Error('at once')
  }
  await take('autocomplete', undefined, { ...slow, find: () => ({ ...executable, autocomplete }) })
  await vi.advanceTimersByTimeAsync(0)
  expect(await offered).toEqual([])
})
