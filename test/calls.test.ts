import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { channels } from '../sandbox/people.ts'
import {
  buttonsOf,
  footerOf,
  messageOf,
  rowsOf,
  startWorld,
  unhurried,
  type Player,
  type World,
} from './world/world.ts'

const channel = channels[0]?.id ?? ''
const direct = { guild_id: undefined, guild: undefined, member: undefined, app_permissions: '0' }

let world: World
let ana: Player
beforeAll(async () => {
  world = await startWorld({}, 'gateway', unhurried)
  ana = world.person('ana')
  await ana.links()
})
afterAll(() => world.stop())

/** `/liked recent` with options as no client sends them, and whatever else is odd about it. */
const calls = (options: unknown, rest: object = {}) =>
  world.discord.dispatch(ana.id, channel, { type: 2, data: { name: 'liked', type: 1, options }, ...rest })
const recent = (...options: object[]) => [{ name: 'recent', type: 1, options }]
const user = () => ({ id: ana.id, username: 'ana', global_name: 'Ana', discriminator: '0', avatar: null })

describe('IX-127 options that do not fit the command', () => {
  const options: [string, unknown][] = [
    ['a market that is a whole number', recent({ name: 'market', type: 4, value: 49 })],
    ['a market that calls itself text and is a number', recent({ name: 'market', type: 3, value: 49 })],
    ['a market that is a list', recent({ name: 'market', type: 3, value: ['GB'] })],
    ['a market without a value', recent({ name: 'market', type: 3 })],
    ['a market that is a huge whole number', recent({ name: 'market', type: 4, value: 1e300 })],
    ['a market that is a person', recent({ name: 'market', type: 6, value: '1180000000000000001' })],
    ['private as text', recent({ name: 'private', type: 3, value: 'yes' })],
    ['private that calls itself a boolean and is text', recent({ name: 'private', type: 5, value: 'yes' })],
    ['an option that is unknown', recent({ name: 'colour', type: 3, value: 'red' })],
    ['a subcommand that is unknown', [{ name: 'forgotten', type: 1, options: [] }]],
    ['a subcommand in a group', [{ name: 'recent', type: 2, options: recent() }]],
    ['a member who is not resolved', recent({ name: 'member', type: 6, value: '1180000000000000001' })],
    ['no subcommand', []],
    ['an option where the subcommand should be', [{ name: 'market', type: 3, value: 'GB' }]],
  ]
  test.each(options)('%s', async (_, given) => {
    const before = world.spotify.requests.length
    const outcome = messageOf(await calls(given))
    expect(outcome).toMatchObject({
      ephemeral: true,
      embeds: [],
      content: 'This command has changed. Type it again, and reload Discord if that does not help.',
    })
    expect(world.spotify.requests.length).toBe(before)
    expect(world.errors).toEqual([])
  })

  test.each([
    ['of one letter', 'G'],
    ['of 6,000 characters', 'GB'.repeat(3000)],
    ['with a newline within it', 'G\nB'],
    ['that would be another parameter', 'GB&limit=1'],
    ['empty', ''],
  ])('a market %s is refused with an example', async (_, value) => {
    const outcome = messageOf(await calls(recent({ name: 'market', type: 3, value })))
    expect(outcome).toMatchObject({
      ephemeral: true,
      content: expect.stringContaining('such as GB'),
    })
  })

  test('a command that is unknown', async () => {
    const outcome = await world.discord.dispatch(ana.id, channel, { type: 2, data: { name: 'love', options: [] } })
    expect(messageOf(outcome)).toMatchObject({ ephemeral: true })
    expect(messageOf(outcome).content).toMatch(/^This command has changed/)
  })

  test('a completion for a command that completes nothing offers nothing', async () => {
    const options = [{ name: 'when', type: 1, options: [{ name: 'date', type: 3, value: '2', focused: true }] }]
    const data = { name: 'liked', type: 1, options }
    expect(await world.discord.dispatch(ana.id, channel, { type: 4, data })).toMatchObject({
      kind: 'choices',
      choices: [],
    })
  })
})

describe('IX-128 outside of servers', () => {
  const places: [string, object][] = [
    ['in a direct message', { context: 1 }],
    [
      'in a group, installed for the person',
      { context: 2, authorizing_integration_owners: { 1: '175928847299117063' } },
    ],
    ['where guild_id is null', { context: 1, guild_id: null }],
  ]
  test.each(places)('%s the page is private, and turns', async (_, rest) => {
    const shown = messageOf(await calls(recent(), { ...direct, user: user(), ...rest }))
    expect(shown.ephemeral).toBe(true)
    expect(rowsOf(shown)).toHaveLength(10)
    const next = buttonsOf(shown).find(({ label }) => label === 'Next')?.custom_id
    const press = { type: 3, data: { custom_id: next }, message: { id: shown.id }, ...direct, user: user(), ...rest }
    const turned = await world.discord.dispatch(ana.id, channel, press)
    expect(turned.kind).toBe('update')
    expect(footerOf(messageOf(turned))).toMatch(/^Page 2 of 312/)
  })

  test('private:false is what the person wants there too', async () => {
    const shown = messageOf(
      await calls(recent({ name: 'private', type: 5, value: false }), { ...direct, user: user() }),
    )
    expect(shown.ephemeral).toBe(false)
  })
})

// IX-129, closed direct messages: nobody is ever sent one; news arrive by changing a private answer.
test('IX-129 no direct message is ever opened', async () => {
  await world.person('ben').links()
  expect(world.discord.requests.filter(({ path }) => path.includes('/users/@me/channels'))).toEqual([])
})

// Answers to interactions need none of the bot's own permissions.
test('IX-130 without Embed Links and without View Channel the page is answered', async () => {
  const shown = messageOf(await calls(recent(), { app_permissions: '0' }))
  expect(rowsOf(shown)).toHaveLength(10)
})

describe('IX-126 the dialog for a page number', () => {
  const go = `liked:1:175928847299117063:0::g`
  const submits = (components: unknown, custom_id = go) =>
    world.discord.dispatch(ana.id, channel, { type: 5, data: { custom_id, components } })
  const field = (value: unknown, custom_id = 'page') => ({
    type: 18,
    id: 1,
    component: { type: 4, id: 2, custom_id, value },
  })

  test.each([
    ['without its field', []],
    ['with a field of another name', [field('3', 'pages')]],
    ['with a field that is a number', [field(3)]],
    ['with a field that is null', [field(null)]],
    [
      'with a select for a field',
      [{ type: 18, id: 1, component: { type: 3, id: 2, custom_id: 'page', values: ['3'] } }],
    ],
    ['of 4,000 digits', [field('3'.repeat(4000))]],
    ['of eight digits', [field('12345678')]],
    ['with 0', [field('0')]],
    ['with -1', [field('-1')]],
    ['with 1e3', [field('1e3')]],
    ['with a fraction', [field('½')]],
    ['with blanks', [field('   ')]],
    ['with words', [field('the last one')]],
    ['with digits of another script', [field('٣')]],
  ])('%s is answered with an example', async (_, components) => {
    const outcome = messageOf(await submits(components))
    expect(outcome).toMatchObject({
      ephemeral: true,
      content: "I don't understand that page. Use a number, such as 12.",
    })
  })

  test.each([
    ['12', 12],
    [' 12 ', 12],
    ['1,2', 12],
    ['１２', 12],
    ['012', 12],
    ['9999999', 312],
  ])('"%s" leads to page %i', async (typed, page) => {
    const shown = messageOf(await ana.uses('liked recent'))
    const there = messageOf(await ana.submits(await ana.presses(shown, '1 / 312'), { page: typed }))
    expect(footerOf(there)).toMatch(new RegExp(`^Page ${page} of 312`))
  })

  test('fields that were never there do not matter', async () => {
    const outcome = messageOf(await submits([field('x', 'owner'), field('12')]))
    expect(footerOf(outcome)).toMatch(/^Page 12 of 312/)
    expect(outcome.ephemeral).toBe(true)
  })

  test('a dialog of another release', async () => {
    expect(messageOf(await submits([field('3')], 'jump:3')).content).toMatch(/I don't know this button any more/)
  })
})
