import { Client, Events, Routes } from 'discord.js'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { FakeDiscord } from '../../sandbox/discord/discord.ts'
import { ana, ben, lobby, messageOf, openDiscord, quiet, reply, startBot } from './discord-bot.ts'

const answering = (call: Parameters<typeof reply>[0]) => reply(call, { content: 'pong' })

test('a wrong token is turned away by the API and by the gateway', async () => {
  const discord = await openDiscord()
  const client = new Client({ intents: [], rest: { api: discord.apiUrl } })
  onTestFinished(() => client.destroy())
  await expect(client.login('wrong.token.here')).rejects.toThrow('invalid token')
  const { code } = await connect(discord, { op: 2, d: { token: 'wrong', intents: 0, properties: {} } })
  expect(await code).toBe(4004)
  expect(discord.online()).toBe(false)
})

test('a token that is reset while the bot runs closes it for good', async () => {
  const discord = await openDiscord()
  const client = await startBot(discord)
  const code = new Promise((resolve) => client.once(Events.ShardDisconnect, (event) => resolve(event.code)))
  client.once('error', () => {})
  discord.disconnect(4004)
  expect(await code).toBe(4004)
  expect(discord.online()).toBe(false)
})

test('after a broken connection the bot resumes, and answers', async () => {
  const discord = await openDiscord()
  const client = await startBot(discord, answering)
  const back = new Promise((resolve) => client.once(Events.ShardResume, resolve))
  discord.disconnect(4000)
  await back
  expect(messageOf(await discord.use(ana.id, lobby.id, 'ping')).content).toBe('pong')
})

test('a session that timed out is not resumed', async () => {
  const discord = await openDiscord()
  const first = await connect(discord, { op: 2, d: { token: discord.credentials.token, intents: 0, properties: {} } })
  const { session_id } = (await first.next()).d
  discord.disconnect(4009)
  expect(await first.code).toBe(4009)
  const second = await connect(discord, { op: 6, d: { token: discord.credentials.token, session_id, seq: 1 } })
  expect(await second.next()).toMatchObject({ op: 9, d: false })
})

test('privileged intents that nobody has granted are refused with 4014', async () => {
  const discord = await openDiscord()
  const intents = 1 << 15
  const { code } = await connect(discord, { op: 2, d: { token: discord.credentials.token, intents, properties: {} } })
  expect(await code).toBe(4014)
})

test('a post with an enforced nonce is made once', async () => {
  const discord = await openDiscord()
  const { rest } = await startBot(discord)
  const post = () =>
    rest.post(Routes.channelMessages(lobby.id), { body: { content: 'weekly', nonce: 'w47', enforce_nonce: true } })
  const first = await post()
  expect(await post()).toEqual(first)
  expect(discord.messages(lobby.id, ben.id)).toHaveLength(1)
  discord.deleteMessage((first as { id: string }).id)
  await expect(post()).rejects.toMatchObject({ code: 10008, status: 404 })
})

test('the bot reads and edits its posts, and not what people say', async () => {
  const discord = await openDiscord()
  const { rest } = await startBot(discord)
  const said = discord.say(ana.id, lobby.id, 'secret')
  const { id } = (await rest.post(Routes.channelMessages(lobby.id), { body: { content: 'weekly' } })) as { id: string }
  await rest.patch(Routes.channelMessage(lobby.id, id), { body: { content: 'changed' } })
  const list = await rest.get(Routes.channelMessages(lobby.id), { query: new URLSearchParams({ limit: '2' }) })
  expect(list).toMatchObject([
    { id, content: 'changed' },
    { id: said.id, content: '' },
  ])
  await expect(rest.patch(Routes.channelMessage(lobby.id, said.id), { body: { content: 'x' } })).rejects.toMatchObject({
    code: 50005,
  })
  expect(discord.surprises).toEqual([])
})

test('channels that are gone or closed to the bot say so', async () => {
  const discord = await openDiscord()
  const { rest } = await startBot(discord)
  const post = (channel: string) => rest.post(Routes.channelMessages(channel), { body: { content: 'a' } })
  await expect(post('310000000000000009')).rejects.toMatchObject({ code: 10003, status: 404 })
  await expect(post(quiet.id)).rejects.toMatchObject({ code: 50013, status: 403 })
})

test('what this Discord does not know is a 501 and a surprise', async () => {
  const discord = await openDiscord()
  const answer = await fetch(`${discord.apiUrl}/v10/guilds/1/roles`)
  expect(answer.status).toBe(501)
  expect(discord.surprises).toEqual(["GET /api/v10/guilds/1/roles is not known to the sandbox's Discord"])
})

test('an answer that is lost on the way is tried again, and has been taken', async () => {
  const discord = await openDiscord()
  const codes: unknown[] = []
  await startBot(discord, (call) => answering(call).catch((error) => codes.push(error.code)))
  discord.loseNext(/callback$/)
  expect(messageOf(await discord.use(ana.id, lobby.id, 'ping')).content).toBe('pong')
  await expect.poll(() => codes).toEqual([40060])
  expect(discord.requests.filter(({ path }) => path.endsWith('/callback')).map(({ status }) => status)).toEqual([
    0, 400,
  ])
})

test('a failure that a test asks for comes once', async () => {
  const discord = await openDiscord()
  const { rest } = await startBot(discord)
  discord.failNext(/^POST .*messages$/, 403, { message: 'Missing Access', code: 50001 })
  const post = () => rest.post(Routes.channelMessages(lobby.id), { body: { content: 'weekly' } })
  await expect(post()).rejects.toMatchObject({ code: 50001 })
  expect(await post()).toMatchObject({ content: 'weekly' })
  expect(discord.surprises).toEqual([])
})

/** A bare gateway connection that says this after HELLO. */
async function connect({ apiUrl }: FakeDiscord, frame: object) {
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws').replace('/api', '')}/gateway?v=10&encoding=json`)
  const code = new Promise<number>((resolve) => socket.once('close', resolve))
  const next = () =>
    new Promise<{ op: number; d: { session_id: string } }>((resolve) =>
      socket.once('message', (data) => resolve(JSON.parse((data as Buffer).toString()))),
    )
  await next()
  socket.send(JSON.stringify(frame))
  return { code, next }
}
