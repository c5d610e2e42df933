import { existsSync } from 'node:fs'
import type { Interaction } from 'discord.js'
import { Client, Events, Routes } from 'discord.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChatState } from '../../sandbox/chat/state.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { waitLimit } from '../world/until.ts'

let sandbox: Sandbox
let bot: Client
const person = (username: string) => sandbox.discord.people.find((one) => one.username === username)?.id ?? ''
const channel = () => sandbox.discord.channels[0]?.id ?? ''

beforeAll(async () => {
  sandbox = await startSandbox()
  bot = await startBot(sandbox)
})
afterAll(async () => {
  await bot?.destroy()
  await sandbox?.close()
})

describe('what the program is told', () => {
  test('the environment is all that it needs and nothing else', () => {
    expect(Object.keys(sandbox.env).toSorted()).toEqual(
      [
        'DATA_DIR',
        'DISCORD_API_URL',
        'DISCORD_AUTHORIZE_URL',
        'DISCORD_CLIENT_ID',
        'DISCORD_CLIENT_SECRET',
        'DISCORD_TOKEN',
      ]
        .concat(['HOST', 'LOCALES_DIR', 'LOG_LEVEL', 'PORT', 'PUBLIC_URL', 'SPOTIFY_ACCOUNTS_URL', 'SPOTIFY_API_URL'])
        .concat(['SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET', 'TOKEN_KEYS']),
    )
    expect(sandbox.env['PUBLIC_URL']).toBe(`http://127.0.0.1:${sandbox.env['PORT']}`)
    expect(Buffer.from(sandbox.env['TOKEN_KEYS']?.slice(3) ?? '', 'base64')).toHaveLength(32)
  })

  test('a taken port is refused with the way out, and a closed sandbox leaves no data behind', async () => {
    const other = await startSandbox()
    const port = Number(new URL(other.url).port)
    await expect(startSandbox({ port })).rejects.toThrow(new RegExp(`Port ${port} is already in use.*PORT=`))
    expect(existsSync(other.env['DATA_DIR'] ?? '')).toBe(true)
    await other.close()
    expect(existsSync(other.env['DATA_DIR'] ?? '')).toBe(false)
    await expect(fetch(other.url)).rejects.toThrow()
  })
})

describe('the page', () => {
  test('it runs no script but its own and everything that it names is there', async () => {
    const answer = await fetch(sandbox.url)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).toContain(new URL(sandbox.spotify.apiUrl).origin)
    const html = await answer.text()
    for (const [, name] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect((await fetch(`${sandbox.url}/${name}`)).status, name).toBe(200)
    }
  })

  test('another name for this computer is sent to the right one, another site gets nothing', async () => {
    const { port } = new URL(sandbox.url)
    const moved = await fetch(`http://localhost:${port}/`, { redirect: 'manual' }).catch(() => undefined)
    if (moved) expect(moved.headers.get('location')).toBe(`${sandbox.url}/`)
    const foreign = await post(
      'say',
      { person: person('ana'), channel: channel(), content: 'x' },
      { origin: 'https://evil.example' },
    )
    expect(foreign.status).toBe(403)
    const crossSite = await post('expire', {}, { 'sec-fetch-site': 'cross-site' })
    expect(crossSite.status).toBe(403)
    const form = await fetch(`${sandbox.url}/api/expire`, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
    expect(form.status).toBe(415)
  })

  test('Ana finds people in the channel when she comes', async () => {
    const state = await look('ana')
    expect(state.messages.length).toBeGreaterThan(1)
    expect(state.people.every(({ about }) => about.length > 0)).toBe(true)
    expect(state.online).toBe(true)
    expect(state.songs).toBe(3120)
    expect((await fetch(`${sandbox.url}/api/state?person=1`)).status).toBe(404)
  })
})

describe('what people do', () => {
  test('Ben uses a command, presses its button, and open pages hear of it', async () => {
    const events = await fetch(`${sandbox.url}/api/events`)
    const used = await done('use', {
      person: person('ben'),
      channel: channel(),
      command: 'say',
      options: { word: 'hi' },
    })
    expect(used).toMatchObject({ kind: 'message', message: { content: 'hi', ephemeral: true } })
    const pressed = await done('press', { person: person('ben'), message: used.message.id, component: 'Again' })
    expect(pressed).toMatchObject({ kind: 'update', message: { content: 'hi again' } })
    expect(await firstChange(events)).toContain('data: changed')
    expect((await look('ben')).messages.at(-1)?.content).toBe('hi again')
    expect((await look('ana')).messages.map(({ id }) => id)).not.toContain(used.message.id)
    await done('dismiss', { person: person('ben'), message: used.message.id })
    expect((await look('ben')).messages.map(({ id }) => id)).not.toContain(used.message.id)
  })

  test('Chiyo chats, and what is not there is refused with a sentence', async () => {
    await done('say', { person: person('chiyo'), channel: channel(), content: 'hello' })
    expect((await look('ana')).messages.at(-1)).toMatchObject({
      content: 'hello',
      author: { name: 'Chiyo', bot: false },
    })
    const unknown = await post('press', { person: person('chiyo'), message: '1', component: 'Next' })
    expect(unknown.status).toBe(400)
    expect(await unknown.json()).toHaveProperty('error')
    expect((await post('say', { person: person('chiyo'), channel: channel() })).status).toBe(400)
  })

  test('Gus reads what the bot writes to him, with the commands for that place, and nobody else does', async () => {
    const commands = [
      { name: 'say', description: 'Says a word', options: [word] },
      { name: 'here', description: 'In servers', contexts: [0] },
    ]
    await bot.rest.put(Routes.applicationCommands(sandbox.env['DISCORD_CLIENT_ID'] ?? ''), { body: commands })
    expect((await look('gus')).direct).toBeUndefined()
    const { id, channelId } = await bot.users.send(person('gus'), 'Between us')
    expect((await look('gus')).direct).toMatchObject({ id: channelId, name: 'Hearsay', newest: id })
    const state = await look('gus', channelId)
    expect(state.messages.map(({ content }) => content)).toEqual(['Between us'])
    expect(state.commands.map(({ name }) => name)).toEqual(['say'])
    expect((await look('gus')).commands.map(({ name }) => name)).toEqual(['say', 'here'])
    expect((await look('dara')).direct).toBeUndefined()
    const others = await fetch(`${sandbox.url}/api/state?person=${person('dara')}&channel=${channelId}`)
    expect(others.status).toBe(404)
  })

  test('Dara likes a song, and Spotify is made to fail', async () => {
    await done('like', { person: person('dara') })
    expect((await look('dara')).songs).toBe(1)
    await done('trouble', { kind: 'quota' })
    expect((await look('dara')).trouble).toEqual({ kind: 'quota', retryAfter: 49_861.308 })
    await done('trouble', { kind: 'none' })
    expect((await post('trouble', { kind: 'flood' })).status).toBe(400)
  })
})

const word = { type: 3, name: 'word', description: 'What to say', required: true }

async function startBot({ env, discord }: Sandbox): Promise<Client> {
  const client = new Client({ intents: [], rest: { api: env['DISCORD_API_URL'] ?? '' } })
  client.on(Events.InteractionCreate, (interaction) => void answer(interaction))
  await client.login(env['DISCORD_TOKEN'] ?? '')
  const commands = [{ name: 'say', description: 'Says a word', options: [word] }]
  await client.rest.put(Routes.applicationCommands(env['DISCORD_CLIENT_ID'] ?? ''), { body: commands })
  await discord.ready(waitLimit)
  return client
}

async function answer(interaction: Interaction): Promise<void> {
  if (interaction.isChatInputCommand()) {
    const components = [{ type: 1, components: [{ type: 2, style: 1, label: 'Again', custom_id: 'say:again' }] }]
    await interaction.reply({ content: interaction.options.getString('word', true), components, flags: 64 })
  } else if (interaction.isButton()) {
    await interaction.update({ content: `${interaction.message.content} again` })
  }
}

async function look(username: string, where = channel()): Promise<ChatState> {
  const answer = await fetch(`${sandbox.url}/api/state?person=${person(username)}&channel=${where}`)
  return (await answer.json()) as ChatState
}

function post(action: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${sandbox.url}/api/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function done(action: string, body: unknown) {
  const answer = await post(action, body)
  expect(answer.status).toBe(200)
  return (await answer.json()) as { message: { id: string } }
}

async function firstChange(events: Response): Promise<string> {
  let seen = ''
  for await (const chunk of events.body ?? []) {
    seen += Buffer.from(chunk).toString()
    if (seen.includes('changed')) return seen
  }
  return seen
}
