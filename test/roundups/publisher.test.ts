import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REST } from 'discord.js'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { FakeDiscord, Message } from '../../sandbox/discord/discord.ts'
import { startDiscord } from '../../sandbox/discord/start.ts'
import { channels, guild, people } from '../../sandbox/people.ts'
import { createPublisher } from '../../src/discord/publisher.ts'
import { createLanguages } from '../../src/i18n.ts'
import type { Log } from '../../src/log.ts'
import type { Publisher, RoundupPage } from '../../src/roundups/roundups.ts'
import { waitLimit } from '../world/until.ts'

const channel = channels[2]?.id ?? ''
const blind = '500000000000000001'
const ana = people[0]?.id ?? ''
const { signal } = new AbortController()
const paused = { about: 'paused', server: guild.id, locale: undefined, channel, message: null } as const

describe('a roundup on its way to Discord', () => {
  let discord: FakeDiscord
  let publisher: Publisher
  let logged: string[]
  let now: number
  beforeEach(async () => {
    now = Date.now()
    // View Channel, and nothing else.
    const closed = { id: blind, name: 'closed', appPermissions: '1024' }
    discord = await startDiscord({ people, guild, channels: [...channels, closed], now: () => now })
    logged = []
    const note = (_details: unknown, message: string): void => void logged.push(message)
    const rest = new REST({ api: discord.apiUrl, timeout: waitLimit, retries: 1 }).setToken(discord.credentials.token)
    publisher = createPublisher(rest, { debug: note, info: note, warn: note } as unknown as Log)
  })
  afterEach(() => discord.close())

  const messages = (): readonly Message[] => discord.messages(channel, ana)
  const newest = async (): Promise<string> => {
    const found = await publisher.newest(channel, signal)
    return found === 'closed' ? found : found.id
  }
  const postedAt = async () => {
    const place = await post()
    if (typeof place === 'string') throw new Error(place)
    return place
  }
  const post = (nonce = 'a-nonce'): ReturnType<Publisher['post']> => publisher.post(channel, page, nonce, signal)

  test('is in the language that was chosen for it, and so are its changes and what is said of it directly', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hearsay-locales-'))
    const words = { 'roundup.heading': 'Samlet', 'notice.paused': 'Pause i {{channel}}', 'roundup.gone': 'Borte' }
    await writeFile(join(folder, 'da.json'), JSON.stringify(words))
    const languages = createLanguages({ folder })
    onTestFinished(() => rm(folder, { recursive: true }))
    const rest = new REST({ api: discord.apiUrl, timeout: waitLimit }).setToken(discord.credentials.token)
    const danish = createPublisher(rest, { warn() {}, info() {} } as unknown as Log, languages)
    const place = await danish.post(channel, { ...page, locale: 'da' }, 'da', signal)
    if (typeof place === 'string') throw new Error(place)
    expect(JSON.stringify(messages()[0])).toContain('Samlet')
    await danish.update(place, { ...page, locale: 'da', page: 2 }, signal)
    expect(JSON.stringify(messages()[0])).toContain('Samlet')
    await danish.update(place, page, signal)
    expect(JSON.stringify(messages()[0])).not.toContain('Samlet')
    await danish.notify(ana, { ...paused, locale: 'da' }, 'da')
    expect(discord.directs(ana).at(-1)?.content).toBe(`Pause i <#${channel}>`)
  })

  test('mentions nobody, carries its mark, and is found by it', async () => {
    const before = await newest()
    const place = await post()
    expect(messages()).toHaveLength(1)
    expect(await publisher.find(channel, page.id, before, signal)).toEqual(place)
    expect(await publisher.find(channel, '2026-W48-1', before, signal)).toBeUndefined()
    expect(await publisher.find(channel, page.id, messages()[0]?.id ?? '', signal)).toBeUndefined()
  })

  test('an embed of 0.1.0 is found by its mark, becomes a card with its first change, and is found then', async () => {
    const mark = { type: 2, style: 2, label: 'Take part', custom_id: `roundup:1:invite:${page.id}` }
    const embeds = [{ url: 'https://open.spotify.com', description: '**The newest of each**' }]
    const body = { embeds, components: [{ type: 1, components: [mark] }] }
    const rest = new REST({ api: discord.apiUrl, timeout: waitLimit }).setToken(discord.credentials.token)
    const { id } = (await rest.post(`/channels/${channel}/messages`, { body })) as { id: string }
    const place = { channel, message: id }
    expect(await publisher.find(channel, page.id, '0', signal)).toEqual(place)
    expect(await publisher.update(place, page, signal)).toBe('done')
    expect(messages()).toMatchObject([{ content: '', embeds: [], components: [{ type: 17 }] }])
    expect(await publisher.find(channel, page.id, '0', signal)).toEqual(place)
    expect(await publisher.update(place, undefined, signal)).toBe('done')
    expect(messages()).toMatchObject([{ embeds: [], components: [{ type: 10 }] }])
  })

  test('it is found among hundreds of messages that came after it', async () => {
    discord.say(ana, channel, 'before')
    const before = await newest()
    const place = await post()
    for (let line = 0; line < 250; line += 1) discord.say(ana, channel, `line ${line}`)
    expect(await publisher.find(channel, page.id, before, signal)).toEqual(place)
    expect(await publisher.find(channel, 'never-posted', before, signal)).toBeUndefined()
  })

  test('DS-152 an answer that is lost after the message was made leaves one message', async () => {
    discord.loseNext(/^POST .*\/messages$/)
    expect(await post()).toEqual({ channel, message: messages()[0]?.id })
    expect(messages()).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['nothing in it', {}],
    ['no message', []],
    ['nothing', ''],
  ])('an answer with %s is not taken for a message: it fails, and is looked for', async (_, body) => {
    discord.failNext(/^POST .*\/messages$/, 200, body)
    await expect(post()).rejects.toThrow('Discord sent no message')
  })

  test('a channel that is answered with nothing in it has messages all the same', async () => {
    discord.failNext(/^GET .*\/channels\/\d+$/, 200, {})
    const before = await newest()
    expect(Number(before)).toBeGreaterThan(1e17)
  })

  test('DS-152 when every answer is lost it fails, and is found afterwards', async () => {
    discord.loseNext(/^POST .*\/messages$/, 9)
    await expect(post()).rejects.toThrow()
    expect(messages()).toHaveLength(1)
    expect(await publisher.find(channel, page.id, '0', signal)).toEqual({ channel, message: messages()[0]?.id })
  })

  test('DS-153 the same nonce gives the message that it has made already', async () => {
    const place = await post()
    now += 4 * 60_000
    expect(await post()).toEqual(place)
    expect(messages()).toHaveLength(1)
  })

  test('DS-154 a nonce whose message has been deleted since counts as posted', async () => {
    await post()
    discord.deleteMessage(messages()[0]?.id ?? '')
    expect(await post()).toBe('gone')
    expect(messages()).toEqual([])
  })

  test.each([
    ['a forum', 400, 50_008],
    ['of a kind that takes no messages', 400, 50_024],
    ['a thread that is locked', 400, 160_005],
    ['gone', 404, 10_003],
    ['of a server that the bot has left', 403, 50_001],
    ['one where the bot may not write any more', 403, 50_013],
  ])('DS-155 SC-162 a channel that is %s counts as closed, after one request', async (_, status, code) => {
    discord.failNext(/^(POST|GET) .*\/channels/, status, { message: 'No', code }, 9)
    expect(await post()).toBe('closed')
    expect(await publisher.newest(channel, signal)).toBe('closed')
    expect(await publisher.find(channel, page.id, '0', signal)).toBe('closed')
    expect(discord.requests).toHaveLength(3)
  })

  test.each([
    ['by a filter', 240_000],
    ['by AutoMod', 200_000],
    ['for its form', 50_035],
    ['as empty', 50_006],
    ['for a reason that nobody here knows', 999_999],
  ])('a post that is refused %s is refused for good, after one request', async (_, code) => {
    discord.failNext(/^POST .*\/channels/, 400, { message: 'No', code }, 9)
    expect(await post()).toBe('refused')
    expect(discord.requests).toHaveLength(1)
    expect(logged).toEqual([expect.stringContaining('refuses a roundup for good')])
  })

  test.each([
    ['a token that is not good any more', 401, { message: '401: Unauthorized', code: 0 }],
    ['a fault of Discord', 503, { message: 'upstream' }],
  ])('%s says nothing about the post, so it may be tried again', async (_, status, body) => {
    discord.failNext(/\/channels\//, status, body, 9)
    await expect(post()).rejects.toThrow()
  })

  test.each<[string, number, unknown]>([
    ['text that is no object', 403, 'Access denied'],
    ['nothing', 404, null],
    ['an object without a code', 400, { message: 'No' }],
    ['a code that is text', 413, { message: 'No', code: '50035' }],
    ['no time left', 408, {}],
  ])(
    'what something in between answers with %s turns it away: whether for good, the next tries tell',
    async (_, status, body) => {
      discord.failNext(/messages/, status, body, 9)
      expect(await post()).toBe('turned away')
      expect(await publisher.find(channel, page.id, '0', signal)).toBe('turned away')
      expect(logged).toEqual([expect.stringContaining('between here and Discord')])
    },
  )

  test('a thread that is archived is opened for a post', async () => {
    discord.setThread(channel, { archived: true })
    expect(await post()).toMatchObject({ channel })
    expect(discord.thread(channel)).toMatchObject({ archived: false })
  })

  test('a thread that is archived and locked counts as closed', async () => {
    discord.setThread(channel, { archived: true, locked: true, managed: false })
    expect(await post()).toBe('closed')
  })

  test('a message in an archived thread is changed once it is open, and not before', async () => {
    const place = await postedAt()
    discord.setThread(channel, { archived: true })
    expect(await publisher.update(place, page, signal)).toBe('archived')
    expect(await publisher.setArchived(channel, false, signal)).toBe('done')
    expect(await publisher.update(place, page, signal)).toBe('done')
    expect(await publisher.setArchived(channel, true, signal)).toBe('done')
    discord.setThread(channel, { locked: true, managed: false })
    expect(await publisher.setArchived(channel, false, signal)).toBe('refused')
  })

  test.each([
    ['the message is gone', 404, 10_008, 'gone'],
    ['the channel is gone', 404, 10_003, 'gone'],
    ['the bot has left the server', 403, 50_001, 'refused'],
    ['the bot may not look there', 403, 50_013, 'refused'],
    ['somebody else wrote it', 403, 50_005, 'refused'],
  ])('a change is over where %s', async (_, status, code, outcome) => {
    const place = await postedAt()
    discord.failNext(/^PATCH /, status, { message: 'No', code }, 9)
    expect(await publisher.update(place, page, signal)).toBe(outcome)
  })

  test('a page that Discord does not take any more makes room for a sentence without songs', async () => {
    const place = await postedAt()
    discord.failNext(/^PATCH /, 400, { message: 'No', code: 50_035 }, 1)
    expect(await publisher.update(place, page, signal)).toBe('done')
    expect(messages()).toMatchObject([
      {
        embeds: [],
        content: '',
        components: [{ type: 10, content: expect.stringMatching(/no longer show/) as string }],
      },
    ])
    expect(messages()[0]?.components).toHaveLength(1)
  })

  test.each([
    ['closed', 50_007, 'done'],
    ['for people without a server in common', 50_278, 'done'],
    ['asked for too fast', 40_003, 'later'],
    ['missing an access that may come back', 50_001, 'later'],
  ])('direct messages that are %s', async (_, code, outcome) => {
    discord.closeDirects(ana, code)
    const told = publisher.notify(ana, paused, 'told').then(
      () => 'done',
      () => 'later',
    )
    expect(await told).toBe(outcome)
  })

  test('IX-130 a channel where the bot may only look counts as closed', async () => {
    expect(await publisher.post(blind, page, 'a-nonce', signal)).toBe('closed')
    expect(await publisher.newest('500000000000000009', signal)).toBe('closed')
  })

  test('one that stands there a second time is taken away; that it is gone already troubles nobody', async () => {
    const place = await postedAt()
    await publisher.remove(place)
    expect(messages()).toEqual([])
    await publisher.remove(place)
    expect(await publisher.update(place, page, signal)).toBe('gone')
    expect(logged).toHaveLength(1)
  })

  test('Ana is told once, also when it is said twice within minutes', async () => {
    await publisher.notify(ana, paused, 'told')
    await publisher.notify(ana, paused, 'told')
    expect(discord.directs(ana).map(({ content }) => content)).toEqual([
      expect.stringContaining(`paused the roundup in <#${channel}>`),
    ])
  })

  test('IX-129 Ana takes no direct messages: that is noted, and nothing fails', async () => {
    discord.closeDirects(ana)
    await publisher.notify(ana, paused, 'told')
    expect(discord.directs(ana)).toEqual([])
    expect(logged).toEqual([expect.stringContaining('no direct messages')])
  })
})

const page: RoundupPage = {
  ...{ id: '2026-W47-197038439483310086', server: guild.id, page: 1, pages: 1, from: 0, until: 604_800_000 },
  ...{ members: 1, missing: [], missed: 0, late: null, isReduced: false, ended: [] },
  rows: [
    {
      section: 'newest',
      song: {
        uri: 'spotify:local:a',
        title: '@everyone <@1>',
        artists: ['Somebody'],
        url: undefined,
        cover: undefined,
      },
      savers: [{ person: ana, at: 1_000_000 }],
    },
  ],
}
