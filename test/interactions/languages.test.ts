import { createLinkTasks } from '../../src/discord/link-tasks.ts'
import { Client, Routes } from 'discord.js'
import { expect, test } from 'vitest'
import { createDiscord } from '../../sandbox/discord/in-process.ts'
import { channels, guild, people } from '../../sandbox/people.ts'
import type { Reply } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { createDispatch } from '../../src/discord/dispatch.ts'
import type { LoadedCommand } from '../../src/discord/load.ts'
import { UserError } from '../../src/errors.ts'
import type { Translate } from '../../src/i18n.ts'
import { createLog } from '../../src/log.ts'
import { noMetrics } from '../../src/metrics.ts'
import { button, row } from '../../src/views/components.ts'
import { botOn } from '../world/bot-in-process.ts'
import { english } from '../world/english.ts'
import { messageOf, unhurried } from '../world/world.ts'

const [ana, music] = [people[0]?.id ?? '', channels[0]?.id ?? '']
const hidden = { type: 5, name: 'hidden', description: 'For Ana alone' } as const
const word = { type: 3, name: 'word', description: 'Completes itself', autocomplete: true } as const
const data = { name: 'speak', description: 'Speaks', options: [hidden, word], contexts: [0], integration_types: [0] }
const components = [row(button('Press', 'speak:1'), button('Fail', 'speak:fail'))]
const speak: LoadedCommand = {
  ...{ data, files: [] },
  component: async ({ customId }, _app, t): Promise<Reply> => {
    if (customId === 'speak:fail') throw new UserError('bots')
    return { kind: 'update', content: t.locale, components }
  },
  find: () => ({
    ...{ data, readOnly: true },
    ephemeral: ({ options }) => options.getBoolean('hidden') ?? false,
    execute: async ({ options }, _app, t) => {
      const ephemeral = options.getBoolean('hidden') ?? false
      return { kind: 'message', ephemeral, content: t.locale, components }
    },
    autocomplete: async (_interaction, _app, t) => [{ name: t.locale, value: t.locale }],
  }),
}

const memo = (locale: string): Translate =>
  Object.assign((...of: Parameters<Translate>) => `${locale}: ${english(...of)}`, { ...english, locale })

/** Ana reads German, in a server that speaks French; each answer is the name of its language. */
async function bilingual() {
  const membership = { saw() {} }
  const roundups = { hasNews: () => false }
  const accounts = { noteLocale: async () => undefined }
  const app = { languages: { memo }, metrics: noMetrics, membership, roundups, accounts } as unknown as App
  const log = createLog('silent')
  const { signal } = new AbortController()
  const dispatch = createDispatch(new Map([['speak', speak]]), app, new Map(), log, signal, unhurried)
  const discord = createDiscord({ people, guild, channels })
  const { rest } = botOn(discord, log, (interaction) => {
    void dispatch(Object.assign(interaction, { locale: 'de', guildLocale: 'fr' }), false)
  })
  await rest.put(Routes.applicationCommands(discord.credentials.clientId), { body: [data] })
  return {
    uses: async (options = {}) => messageOf(await discord.use(ana, music, 'speak', options)),
    presses: async (id: string, label: string) => messageOf(await discord.press(ana, id, label)),
    completes: () => discord.complete(ana, music, 'speak', {}, 'word'),
  }
}

test('what everybody sees is in the server’s language, and what Ana alone sees in hers', async () => {
  const { uses, presses, completes } = await bilingual()
  const [shown, own] = [await uses(), await uses({ hidden: true })]
  expect([shown.content, own.content]).toEqual(['fr', 'de'])
  expect((await presses(shown.id, 'Press')).content).toBe('fr')
  expect((await presses(own.id, 'Press')).content).toBe('de')
  expect(await completes()).toEqual([{ name: 'de', value: 'de' }])
})

test('a failure is told in Ana’s language, also about a message that everybody sees', async () => {
  const { uses, presses } = await bilingual()
  expect((await presses((await uses()).id, 'Fail')).content).toBe('de: Bots have no liked songs.')
})

test('the news of a linking is in Ana’s language, and in English where an answer of an earlier release did not note it', async () => {
  const sent: unknown[] = []
  const makeRequest = async (_: string, { body }: { body?: unknown }): Promise<Response> => {
    sent.push(JSON.parse(String(body)))
    return Response.json({ id: '1', channel_id: '2' })
  }
  const client = new Client({ intents: [], rest: { makeRequest } })
  const log = createLog('silent')
  const app = { languages: { memo } } as unknown as App
  const tasks = createLinkTasks(client, '1', app, log)
  for (const locale of ['de', undefined]) await tasks.announce({ token: 'a', locale }, { spotifyName: 'Ana' })
  const told = (language: string) => ({ content: expect.stringContaining(`${language}: Linked as **Ana**`) })
  expect(sent).toMatchObject([told('de'), told('en-US')])
  await client.destroy()
})
