import { generateKeyPairSync, sign } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findForm } from '../../sandbox/browser.ts'
import { startWorld, type World } from '../world/world.ts'
import { ana, ben, data, everyKind, inServer, music, press, shown, spoilt } from './payloads.ts'
import { runs } from '../world/runs.ts'

const discord = generateKeyPairSync('ed25519')
const publicKey = Buffer.from(discord.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
let world: World
beforeAll(async () => {
  world = await startWorld({ DISCORD_PUBLIC_KEY: publicKey }, 'http')
  const { browser } = world.person('ana')
  let page = await browser.visit(`${world.env['PUBLIC_URL']}/link`)
  while (findForm(page)) page = await browser.goOn(page)
  expect(page.status).toBe(200)
})
afterAll(() => world.stop())

let interactions = 0

async function post(payload: object) {
  interactions += 1
  const id = String(1_180_000_000_000_100_000n + BigInt(interactions))
  const body = JSON.stringify({ ...payload, id })
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = sign(undefined, Buffer.from(timestamp + body), discord.privateKey).toString('hex')
  const headers = { 'x-signature-timestamp': timestamp, 'x-signature-ed25519': signature }
  const answer = await fetch(`${world.env['PUBLIC_URL']}/interactions`, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text() }
}

test('each kind as Discord sends it is answered', async () => {
  for (const payload of everyKind) {
    const { status, text } = await post(payload)
    expect([200, 202], JSON.stringify(payload)).toContain(status)
    expect(text).not.toContain('Something went wrong')
  }
  expect(world.errors).toEqual([])
})

test('with something else in any place it is answered with a sentence or 400, and nobody has to look at it', () =>
  fc.assert(
    fc.asyncProperty(spoilt(everyKind), async (payload) => {
      world.errors.length = 0
      const { status, text } = await post(payload)
      expect([200, 202, 400]).toContain(status)
      expect(text).not.toContain('Something went wrong')
      expect(world.errors).toEqual([])
    }),
    { numRuns: runs(300) },
  ))

const member = { name: 'member', type: 6, value: ben.id }
const resolved = { users: { [ben.id]: ben } }
const recent = (...options: unknown[]) => [{ name: 'recent', type: 1, options }]

test.each<[string, object]>([
  ['that is not resolved', { options: recent(member) }],
  ['resolved to nothing', { options: recent(member), resolved: null }],
  ['resolved to somebody else', { options: recent(member), resolved: { users: { [ana.id]: ana } } }],
  ['resolved to another id', { options: recent(member), resolved: { users: { [ben.id]: ana } } }],
  [
    'given twice',
    {
      options: recent(member, { ...member, value: ana.id }),
      resolved: { users: { ...resolved.users, [ana.id]: ana } },
    },
  ],
  ['beside the subcommand', { options: [...recent(), member], resolved }],
  ['in another option', { options: recent({ name: 'private', type: 5, value: true, options: [member] }), resolved }],
  ['in another list', { options: recent([member]), resolved }],
  ['in no list', { options: [{ name: 'recent', type: 1, options: member }], resolved }],
  ['in a group', { options: [{ name: 'recent', type: 2, options: recent(member) }], resolved }],
  ['that is a text', { options: recent({ ...member, type: 3 }), resolved }],
  ['that is a number', { options: recent({ ...member, value: Number(ben.id) }), resolved }],
  ['that is what every object has', { options: recent({ ...member, value: 'constructor' }), resolved }],
  ['called otherwise', { options: recent({ ...member, name: 'Member' }), resolved }],
])('a member %s is an error, and never a page of one’s own', async (_, changes) => {
  const own = await post({ ...inServer, type: 2, data: { ...data, options: recent() } })
  expect(JSON.parse(own.text)).toMatchObject({ data: { embeds: [{ author: { name: 'Ana' } }] } })
  const { status, text } = await post({ ...inServer, type: 2, data: { ...data, resolved: undefined, ...changes } })
  if (status === 400) return
  expect(JSON.parse(text)).toMatchObject({
    data: { flags: 64, embeds: [], content: expect.stringContaining('has changed') },
  })
})

test('a language that is no text is answered in the default one', async () => {
  for (const locale of [null, 5, {}, { toString: null }, ['de']]) {
    const { status, text } = await post({
      ...inServer,
      locale,
      guild_locale: locale,
      type: 2,
      data: { ...data, options: recent() },
    })
    expect(status, JSON.stringify(locale)).toBe(200)
    expect(text).toContain('liked songs')
  }
  expect(world.errors).toEqual([])
})

test('a user menu whose person is resolved to somebody else shows nobody’s songs', async () => {
  const menu = { id: data.id, name: 'Liked songs', type: 2, target_id: ben.id }
  const { status } = await post({ ...inServer, type: 2, data: { ...menu, resolved: { users: { [ben.id]: ana } } } })
  expect(status).toBe(400)
})

test('a message menu without its message is none', async () => {
  const menu = { id: data.id, name: 'Save songs', type: 3 }
  const other = { messages: { [shown.id]: shown } }
  for (const changes of [
    { target_id: ben.id, resolved: other },
    { resolved: other },
    { target_id: shown.id, resolved: {} },
  ])
    expect((await post({ ...inServer, type: 2, data: { ...menu, ...changes } })).status).toBe(400)
})

test('a message whose author line makes no sense turns all the same', async () => {
  for (const author of [null, 5, {}, { name: 5 }, { name: 'Ana', icon_url: {} }]) {
    const message = { ...shown, embeds: [{ author }] }
    const pressed = { ...press.data, custom_id: `liked:1:${ana.id}:10::n` }
    const { text } = await post({ ...press, message, data: pressed })
    expect(text).toContain('Page 2 of 312')
  }
  expect(world.errors).toEqual([])
})

test.each([{ toString: null }, 84992, '-1', 'all of them', []])(
  'permissions in a channel that are %j say nothing',
  async (permissions) => {
    const channel = { id: music, type: 0, name: 'music', app_permissions: permissions }
    const schedule = everyKind.find((kind) => JSON.stringify(kind).includes('"Friday"')) as typeof inServer & {
      data: object
    }
    const { text } = await post({
      ...schedule,
      data: { ...schedule.data, resolved: { channels: { [music]: channel } } },
    })
    expect(text).toContain('Every Friday at 18:00')
  },
)
