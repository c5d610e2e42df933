import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { actions } from '../../src/views/page-id.ts'
import { asks, questionOf } from '../world/asking.ts'
import { collected } from '../world/outcomes.ts'
import { registered } from '../world/registered.ts'
import { buttonsOf, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''
/** Those that need nobody to be linked, or link them themselves. */
const withoutLink = ['help', 'link', 'roundup leave', 'roundup now', 'roundup pause', 'roundup resume']
const others = ['roundup remove', 'roundup schedule', 'roundup status']

describe.each(['gateway', 'http'] as const)('Ben was linked, by %s, and is not any more', (transport) => {
  let world: World
  let ana: Player
  let ben: Player
  /** What he has before him from when he was. */
  const kept: Record<string, Message> = {}
  beforeAll(async () => {
    world = await startWorld({}, transport, unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    const uses = async (player: Player, command: string) => messageOf(await player.uses(command))
    for (const player of [ana, ben]) await player.links()
    kept['refusal'] = messageOf(await ben.uses('liked recent', { member: ana.id }))
    await asks(ana, ben)
    kept['question'] = await questionOf(world, ana, ben, music)
    kept['list'] = messageOf(await ben.presses(await uses(ben, 'liked recent'), 'Next'))
    kept['song'] = await uses(ben, 'liked random')
    kept['roundup question'] = await uses(ben, 'roundup join')
    await ana.presses(await uses(ana, 'roundup join'), 'Join roundups')
    kept['roundup'] = messageOf(await collected(world, ana, await ana.uses('roundup now')))
    await ben.presses(await uses(ben, 'account sharing'), 'Share with this server')
    kept['status'] = await uses(ben, 'account status')
    kept['settings'] = await uses(ben, 'account sharing')
    kept['reminders'] = await uses(ben, 'account reminders')
    await ana.presses(await uses(ana, 'account sharing'), 'Share with this server')
    kept['list of Ana’s, in the chat'] = await uses(ana, 'liked recent')
    kept['songs'] = messageOf(await ben.uses('Save songs', { target: keptAs('list of Ana’s, in the chat').id }))
    kept['list of Ana’s'] = messageOf(await ben.uses('liked recent', { member: ana.id }))
    await ben.presses(await uses(ben, 'unlink'), 'Unlink')
  })
  afterAll(() => world.stop())

  const commands: Readonly<Record<string, () => Promise<Outcome>>> = {
    'liked recent': () => ben.uses('liked recent', { market: 'Germany' }),
    'liked search': () => ben.uses('liked search', { query: 'rain' }),
    'liked artist': () => ben.uses('liked artist', { artist: 'Low' }),
    'liked common': () => ben.uses('liked common', { member: ana.id }),
    'liked playlist': () => ben.uses('liked playlist'),
    'liked memories': () => ben.uses('liked memories'),
    'liked export': () => ben.uses('liked export', { format: 'csv' }),
    'liked when': () => ben.uses('liked when', { date: 'March 2023' }),
    'liked random': () => ben.uses('liked random'),
    'Liked songs': () => ben.uses('Liked songs', { target: ben.id }),
    'Save songs': () => ben.uses('Save songs', { target: keptAs('list of Ana’s, in the chat').id }),
    'account status': () => ben.uses('account status'),
    'account sharing': () => ben.uses('account sharing'),
    'account export': () => ben.uses('account export'),
    'account reminders': () => ben.uses('account reminders'),
    'roundup join': () => ben.uses('roundup join'),
    unlink: () => ben.uses('unlink'),
  }

  test('every command is in this list, or works without a link', () => {
    expect(registered(world).toSorted()).toEqual([...Object.keys(commands), ...withoutLink, ...others].toSorted())
  })

  const presses: [string, string][] = [
    ['list', 'First'],
    ['list', 'Previous'],
    ['list', 'Next'],
    ['list', 'Last'],
    ['list', 'Browse privately'],
    ['list', 'Refresh'],
    ['song', 'Another'],
    ['song', 'Save to my liked songs'],
    ['refusal', 'Ask @Ana to share'],
    ['question', 'Show one page here'],
    ['question', 'Share with everyone here'],
    ['settings', 'Share with nobody'],
    ['roundup question', 'Join roundups'],
    ['roundup', 'Join roundups'],
    ['songs', 'liked:songs:all'],
  ]
  const forged = Object.entries(actions).filter(([name]) => !['jump', 'go'].includes(name))
  const uses: [string, () => Promise<Outcome>][] = [
    ...Object.entries(commands),
    ...presses.map(([name, label]): [string, () => Promise<Outcome>] => [
      `${label}, on the ${name}`,
      () => ben.presses(keptAs(name), label),
    ]),
    ...forged.map(([name, letter]): [string, () => Promise<Outcome>] => [
      `${name}, as from long ago`,
      () => ben.forges(keptAs('list'), `liked:2:${BigInt(ben.id).toString(36)}:0::${letter}`),
    ]),
    ['Undo, as from long ago', () => ben.forges(keptAs('songs'), 'liked:songs:undo:01234567:zzzzzzz')],
    ['This server, as from long ago', () => ben.forges(keptAs('settings'), `account:1:share:${ben.id}`)],
    ['Let people ask me, as from long ago', () => ben.forges(keptAs('settings'), `account:1:listen:${ben.id}`)],
    ...['memories', 'random', 'file'].map((value): [string, () => Promise<Outcome>] => [
      `${value} chosen under More…`,
      () => world.discord.press(ben.id, keptAs('list').id, 'More…', [value]),
    ]),
    [
      'the end of sharing chosen',
      () => world.discord.press(ben.id, keptAs('status').id, 'Stop sharing in…', [server()]),
    ],
    [
      'a song chosen',
      () => world.discord.press(ben.id, keptAs('list of Ana’s').id, 'Save to my liked songs', [song()]),
    ],
    ['a page typed into the dialog', async () => ben.submits(await ben.presses(keptAs('list'), jump()), { page: '3' })],
  ]

  test.each(uses)('%s: the answer has the button that links him', async (_, use) => {
    const told = messageOf(await use())
    expect(told).toMatchObject({ ephemeral: true, content: expect.stringMatching(/<\/link:\d+>/) })
    expect(buttonsOf(told)).toMatchObject([
      { label: 'Link Spotify', url: expect.stringContaining(`${world.env['PUBLIC_URL']}/link?for=`) },
    ])
  })

  test.each([
    ['liked search', { query: 'rain' }, 'query', [{ name: 'Press Enter to search all your songs', value: 'rain' }]],
    ['liked recent', { market: 'germ' }, 'market', [{ name: 'Germany', value: 'DE' }]],
  ] as const)('what %s completes while he types makes sense', async (command, options, focused, choices) => {
    const before = world.spotify.requests.length
    expect(await world.discord.complete(ben.id, music, command, options, focused)).toEqual(choices)
    expect(world.spotify.requests).toHaveLength(before)
  })

  const keptAs = (name: string): Message => kept[name] ?? expect.unreachable(name)
  const jump = (): string => buttonsOf(keptAs('list')).find(({ label }) => label.includes(' / '))?.label ?? ''
  const server = (): string => world.discord.guild.id
  const song = (): string => /"value":"([^"]+)"/.exec(JSON.stringify(keptAs('list of Ana’s').components))?.[1] ?? ''
})
