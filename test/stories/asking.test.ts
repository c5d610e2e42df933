import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createTemporaryRecords } from '../../src/accounts/temporary-records.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createSharing } from '../../src/sharing.ts'
import { modelStore } from '../store/model.ts'
import { buttonsOf, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''

test('who is turned away, by whichever limit and however often, uses up nothing: neither theirs nor that of others', async () => {
  const store = modelStore()
  const key = { id: 'k1', key: Buffer.alloc(32, 1) }
  const crypto = createCrypto(key, [key])
  const accounts = { get: async () => ({}) as Link }
  const { ask } = createSharing(store, crypto, createTemporaryRecords(store, crypto), accounts)
  for (let pair = 0; pair < 10; pair += 1) expect(await ask(`asker${pair}`, `asked${pair}`, 'busy')).toBe('asked')
  for (let time = 0; time < 5; time += 1) expect(await ask('ben', 'ana', 'busy')).toBe('too many')
  for (const asker of ['ben', 'chiyo', 'dara']) expect(await ask(asker, 'ana', 'quiet')).toBe('asked')
  for (let time = 0; time < 5; time += 1) expect(await ask('emil', 'ana', 'quiet')).toBe('too many')
  for (const asked of ['fay', 'gus', 'ben']) expect(await ask('emil', asked, 'quiet')).toBe('asked')
  for (const asked of ['fay', 'gus']) expect(await ask('emil', asked, 'other')).toBe('too many')
  // Six of the ten in "quiet" are taken.
  for (const asker of ['hana', 'ivo', 'jana', 'kim'])
    expect(await ask(asker, `somebody with ${asker}`, 'quiet')).toBe('asked')
  expect(await ask('lee', 'mia', 'quiet')).toBe('too many')
})

describe('asking others to share', () => {
  let world: World
  let ben: Player
  beforeEach(async () => {
    world = await startWorld({}, 'gateway', unhurried)
    ben = world.person('ben')
  })
  afterEach(() => world.stop())

  test('who is not linked asks nobody, however often, and is led to linking', async () => {
    for (const username of ['ana', 'chiyo', 'emil']) {
      const told = await asks(ben, username)
      expect(told).toMatchObject({ ephemeral: true, content: expect.stringContaining('</link:') })
    }
    expect(questions()).toEqual([])
  })

  test('in an hour Ben asks a few people, nobody is asked by more than a few, and each only once', async () => {
    const linked = ['ana', 'ben', 'chiyo', 'emil', 'fay'].map((username) => world.person(username))
    for (const player of linked) await player.links()
    const outcomes: Message[] = []
    for (const username of ['ana', 'ana', 'chiyo', 'dara', 'emil', 'fay']) outcomes.push(await asks(ben, username))
    expect(outcomes.map(({ ephemeral }) => ephemeral)).toEqual([false, true, false, false, true, true])
    expect(outcomes[1]?.content).toContain('within the last hour')
    expect(outcomes[5]?.content).toBe('There have been enough questions for now. Please ask again in an hour.')

    for (const username of ['chiyo', 'emil', 'fay']) outcomes.push(await asks(world.person(username), 'ana'))
    // Ben has asked her as well.
    expect(outcomes.slice(6).map(({ ephemeral }) => ephemeral)).toEqual([false, false, true])
    expect(questions()).toHaveLength(5)

    // Fay has asked nobody yet: that Ana is asked enough costs her nothing.
    const fays: Message[] = []
    for (const username of ['chiyo', 'dara', 'emil', 'gus']) fays.push(await asks(world.person('fay'), username))
    expect(fays.map(({ ephemeral }) => ephemeral)).toEqual([false, false, false, true])
  })

  test('in one server there are ten questions an hour at most, whoever asks', async () => {
    const linked = ['ana', 'ben', 'chiyo', 'emil', 'fay'].map((username) => world.person(username))
    for (const player of linked) await player.links()
    for (const asker of linked)
      for (const { id } of world.discord.people)
        if (id !== asker.id) await asks(asker, world.discord.people.find((one) => one.id === id)?.username ?? '')
    expect(questions()).toHaveLength(10)
  })

  test('who has said no is not asked by the same person again, also when that has linked anew or the day is over', async () => {
    const ana = world.person('ana')
    for (const player of [ben, ana, world.person('chiyo')]) await player.links()
    const question = await asks(ben, 'ana')
    await ana.presses(question, 'No')
    await ben.presses(messageOf(await ben.uses('unlink')), 'Unlink')
    await ben.links()
    const told = await asks(ben, 'ana')
    expect(told).toMatchObject({
      ephemeral: true,
      content: `<@${ana.id}> has said no, so I won't ask them for you again.`,
    })
    expect((await asks(world.person('chiyo'), 'ana')).ephemeral).toBe(false)

    const exported = messageOf(await ana.uses('account export'))
    expect(JSON.parse(exported.attachments[0]?.text ?? '')).toMatchObject({ questionsRefused: 1 })
    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    expect((await asks(ben, 'ana')).ephemeral).toBe(false)
  })

  test('who is not linked, and has only said no, can have that deleted too', async () => {
    const dara = world.person('dara')
    await ben.links()
    await dara.presses(await asks(ben, 'dara'), 'No')
    await dara.presses(messageOf(await dara.uses('unlink')), 'Unlink')
    expect(messageOf(await dara.uses('unlink')).content).toContain('nothing to delete')
  })

  test('who has left the server is not asked', async () => {
    const ana = world.person('ana')
    await ben.links()
    const refused = messageOf(await ben.uses('liked recent', { member: ana.id }))
    world.discord.leave(ana.id)
    const told = messageOf(await ben.presses(refused, buttonsOf(refused)[0]?.label ?? ''))
    expect(told).toMatchObject({ ephemeral: true, content: `<@${ana.id}> is not in this server any more.` })
  })

  async function asks(asker: Player, username: string): Promise<Message> {
    const refused = messageOf(await asker.uses('liked recent', { member: world.person(username).id }))
    return messageOf(await asker.presses(refused, buttonsOf(refused)[0]?.label ?? ''))
  }

  function questions(): readonly Message[] {
    return world.discord
      .messages(music, ben.id)
      .filter(({ content }) => content.includes('would like to see your liked songs'))
  }
})
