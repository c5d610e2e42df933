import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createTemporaryRecords } from '../../src/accounts/temporary-records.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createQuestions } from '../../src/questions.ts'
import { modelStore } from '../store/model.ts'
import { asks, questionOf, questionsIn } from '../world/asking.ts'
import { buttonsOf, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''

test('who is turned away, by whichever limit and however often, uses up nothing: neither theirs nor that of others', async () => {
  const store = modelStore()
  const key = { id: 'k1', key: Buffer.alloc(32, 1) }
  const crypto = createCrypto(key, [key])
  const accounts = { get: async () => ({}) as Link }
  const questions = createQuestions(store, crypto, createTemporaryRecords(store, crypto), accounts)
  const ask = (asker: string, person: string, server: string) =>
    questions.ask({ asker, person, server }, { token: '', locale: '' })
  for (let pair = 0; pair < 10; pair += 1) expect(await ask(`asker${pair}`, `asked${pair}`, 'busy')).toBe('asked')
  for (let time = 0; time < 5; time += 1) expect(await ask('ben', 'ana', 'busy')).toMatchObject({ why: 'too many' })
  for (const asker of ['ben', 'chiyo', 'dara']) expect(await ask(asker, 'ana', 'quiet')).toBe('asked')
  for (let time = 0; time < 5; time += 1) expect(await ask('emil', 'ana', 'quiet')).toMatchObject({ why: 'too many' })
  for (const asked of ['fay', 'gus', 'ben']) expect(await ask('emil', asked, 'quiet')).toBe('asked')
  for (const asked of ['fay', 'gus']) expect(await ask('emil', asked, 'other')).toMatchObject({ why: 'too many' })
  // Six of the ten in "quiet" are taken.
  for (const asker of ['hana', 'ivo', 'jana', 'kim'])
    expect(await ask(asker, `somebody with ${asker}`, 'quiet')).toBe('asked')
  expect(await ask('lee', 'mia', 'quiet')).toMatchObject({ why: 'too many' })
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
      const told = await asks(ben, world.person(username))
      expect(told).toMatchObject({ ephemeral: true, content: expect.stringContaining('</link:') })
    }
    expect(questions()).toEqual([])
  })

  test('in an hour Ben asks a few people, nobody is asked by more than a few, and each only once', async () => {
    const linked = ['ana', 'ben', 'chiyo', 'emil', 'fay'].map((username) => world.person(username))
    for (const player of linked) await player.links()
    const outcomes: Message[] = []
    for (const username of ['ana', 'ana', 'chiyo', 'dara', 'emil', 'fay'])
      outcomes.push(await asks(ben, world.person(username)))
    expect(outcomes.map(isAsked)).toEqual([true, false, true, true, false, false])
    expect(outcomes[1]?.content).toMatch(/You asked within the last hour, and they haven't answered yet\..*<t:\d+:R>/)
    expect(outcomes[5]?.content).toMatch(/^There have been enough questions for now\. Please ask again <t:\d+:R>\.$/)

    for (const username of ['chiyo', 'emil', 'fay'])
      outcomes.push(await asks(world.person(username), world.person('ana')))
    // Ben has asked her as well.
    expect(outcomes.slice(6).map(isAsked)).toEqual([true, true, false])
    await expect.poll(questions).toHaveLength(5)

    // Fay has asked nobody yet: that Ana is asked enough costs her nothing.
    const fays: Message[] = []
    for (const username of ['chiyo', 'dara', 'emil', 'gus'])
      fays.push(await asks(world.person('fay'), world.person(username)))
    expect(fays.map(isAsked)).toEqual([true, true, true, false])
  })

  test('in one server there are ten questions an hour at most, whoever asks', async () => {
    const linked = ['ana', 'ben', 'chiyo', 'emil', 'fay'].map((username) => world.person(username))
    for (const player of linked) await player.links()
    for (const asker of linked)
      for (const { id } of world.discord.people)
        if (id !== asker.id)
          await asks(asker, world.person(world.discord.people.find((one) => one.id === id)?.username ?? ''))
    await expect.poll(questions).toHaveLength(10)
  })

  test('who has said no is not asked by the same person again, also when that has linked anew or the day is over', async () => {
    const ana = world.person('ana')
    for (const player of [ben, ana, world.person('chiyo')]) await player.links()
    await asks(ben, world.person('ana'))
    await answers(ana, ben, 'No')
    await ben.presses(messageOf(await ben.uses('unlink')), 'Unlink')
    await ben.links()
    const told = await asks(ben, world.person('ana'))
    expect(told).toMatchObject({ ephemeral: true, components: [] })
    expect(told.content).toContain("They said no when you asked, so I won't ask again.")
    expect(isAsked(await asks(world.person('chiyo'), world.person('ana')))).toBe(true)

    const exported = messageOf(await ana.uses('account export'))
    expect(JSON.parse(exported.attachments[0]?.text ?? '')).toMatchObject({ questionsRefused: 1 })
    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    expect(isAsked(await asks(ben, world.person('ana')))).toBe(true)
  })

  test('who is not linked, and has only said no, can have that deleted too', async () => {
    const dara = world.person('dara')
    await ben.links()
    await asks(ben, world.person('dara'))
    await answers(dara, ben, 'No')
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

  const questions = (): Message[] => questionsIn(world.discord.messages(music, ben.id))

  async function answers(owner: Player, asker: Player, label: string): Promise<Message> {
    return messageOf(await owner.presses(await questionOf(world, asker, owner, music), label))
  }
})

function isAsked({ content }: Message): boolean {
  return content.startsWith('I asked ')
}
