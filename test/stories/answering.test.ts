import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels, guild } from '../../sandbox/people.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { inAnotherServer } from '../fixtures/another-server.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { asks, questionOf, seenAgain } from '../world/asking.ts'
import { startProgram, type Program } from '../world/process.ts'
import { startSandbox } from '../world/sandbox.ts'
import { until } from '../world/until.ts'
import { buttonsOf, createPlayer, messageOf, rowsOf, startWorld, unhurried, type Player } from '../world/world.ts'

const music = channels[0]?.id ?? ''
const minute = 60_000

describe.each([
  ['the file', false],
  ['Redis', true],
])('what comes of an answer, with %s', (_, isRedis) => {
  const isSkipped = isRedis && withoutRedis()
  let redis: RedisServer | undefined
  let sandbox: Sandbox
  let program: Program
  let [ana, ben]: Player[] = []

  beforeAll(async () => {
    if (isSkipped) return
    redis = isRedis ? await startRedis() : undefined
    sandbox = await startSandbox()
    await starts()
  })
  afterAll(async () => {
    await program?.kill()
    await redis?.stop()
    await sandbox?.close()
  })
  // Everybody begins anew.
  beforeEach(async () => {
    if (isSkipped) return
    ;[ana, ben] = [createPlayer(sandbox, 'ana'), createPlayer(sandbox, 'ben')]
    for (const player of [ana, ben]) {
      await player.presses(messageOf(await player.uses('unlink')), 'Unlink').catch(() => undefined)
      await player.links()
    }
  })

  test.skipIf(isSkipped)('one page: Ben is told where, and after a restart Ana takes it back', async () => {
    const { asked, question } = await benAsks()
    const page = messageOf(await owner().presses(question, 'Show one page here'))
    expect(rowsOf(page)).toHaveLength(10)
    await benIsTold(asked, `<@${owner().id}> showed [one page of their liked songs](${urlOf(sandbox, page)}).`)
    const receipt = await receiptOf('You showed one page of your liked songs here. Only you can turn it.')
    expect(buttonsOf(receipt).map(({ label }) => label)).toEqual(['Undo'])
    const again = await asks(asker(), owner())
    expect(again.content).toMatch(/They showed one page when you asked\. You can ask again <t:\d+:R>\.$/)
    expect(again.components).toEqual([])

    await program.kill()
    await starts()
    expect(messageOf(await owner().presses(receipt, 'Undo'))).toMatchObject({
      content: 'I took the page away.',
      components: [],
    })
    expect(seenAgain(sandbox, asker(), page)).toMatchObject({
      content: `<@${owner().id}> took this page back.`,
      embeds: [],
      components: [],
    })
    expect((await asks(asker(), owner())).content).toContain('They took their answer back.')
    await benIsTold(asked, /^<@\d+> took their answer back\. You can ask again <t:\d+:R>\.$/)
  })

  test.skipIf(isSkipped)('all songs: Ben is told, and after a restart Ana takes that back', async () => {
    const { asked, question } = await benAsks()
    const answered = messageOf(await owner().presses(question, 'Share with everyone here'))
    const told = `<@${owner().id}> shares their liked songs with everyone here now: [the first page](${urlOf(sandbox, answered)}).`
    await benIsTold(asked, told)
    const receipt = await receiptOf('Everyone in this server can look through all your liked songs now.')
    await until('her page', () => rowsOf(seenAgain(sandbox, asker(), question) ?? question).length === 10)
    expect(rowsOf(await asks(asker(), owner()))).toHaveLength(10)

    await program.kill()
    await starts()
    expect(messageOf(await owner().presses(receipt, 'Undo')).content).toBe(
      'You share your liked songs with **nobody** here any more. I took the page away.',
    )
    expect(rowsOf(seenAgain(sandbox, asker(), question) ?? question)).toEqual([])
    expect((await asks(asker(), owner())).content).toContain('not shared with you here')
  })

  test.skipIf(isSkipped)('no: Ben is told, and may ask again once Ana takes it back', async () => {
    const { asked, question } = await benAsks()
    const closed = messageOf(await owner().presses(question, 'No'))
    expect(closed).toMatchObject({ content: 'This question has been answered.', components: [] })
    await benIsTold(asked, `<@${owner().id}> said no. I won't ask again.`)
    const receipt = await receiptOf(`You said no. I won't ask you again for <@${asker().id}>.`)
    expect(buttonsOf(receipt).map(({ label }) => label)).toEqual(['Undo', "Don't ask me again"])
    expect((await asks(asker(), owner())).content).toContain('They said no when you asked')

    const undone = messageOf(await owner().presses(receipt, 'Undo'))
    expect(undone.content).toMatch(/^<@\d+> can ask you again <t:\d+:R>\.$/)
    expect(undone.content).toContain(asker().id)
    await benIsTold(asked, /took their answer back\. You can ask again <t:\d+:R>\.$/)
    expect((await asks(asker(), owner())).content).toContain('They took their answer back.')
  })

  test.skipIf(isSkipped)('who does not want to be asked is not, until they say otherwise', async () => {
    const { question } = await benAsks()
    await owner().presses(question, 'No')
    const receipt = await receiptOf(/^You said no/)
    const quiet = messageOf(await owner().presses(receipt, "Don't ask me again"))
    expect(quiet.content).toContain('Nobody can ask you to share in this server now.')
    const chiyo = createPlayer(sandbox, 'chiyo')
    await chiyo.links()
    expect(await asks(chiyo, owner())).toMatchObject({
      content: expect.stringContaining("They don't want to be asked in this server."),
      components: [],
    })
    const exported = messageOf(await owner().uses('account export'))
    expect(JSON.parse(exported.attachments[0]?.text ?? '')).toMatchObject({ noQuestionsIn: [guild.id] })

    const before = messageOf(await owner().presses(quiet, 'Undo'))
    expect(before.content).toMatch(/^You said no/)
    expect(buttonsOf(await chiyosLook())).toHaveLength(1)

    await owner().presses(before, "Don't ask me again")
    const settings = messageOf(await owner().uses('account sharing'))
    expect(settings.content).toContain('Nobody can ask you to share here.')
    const open = messageOf(await owner().presses(settings, 'Let people ask me'))
    expect(open.content).toBe('You share your liked songs with **nobody** here.')
    expect(buttonsOf(await chiyosLook())).toHaveLength(1)

    // Who shares can be asked again once they have stopped.
    const quietly = (): Promise<unknown> => owner().forges(before, `account:1:quiet:${owner().id}:${asker().id}`)
    await quietly()
    expect(buttonsOf(await chiyosLook())).toEqual([])
    await owner().presses(open, 'Share with this server')
    await owner().presses(messageOf(await owner().uses('account sharing')), 'Share with nobody')
    expect(buttonsOf(await chiyosLook())).toHaveLength(1)

    await owner().presses(messageOf(await owner().uses('unlink')), 'Unlink')
    await quietly()
    expect(buttonsOf(await chiyosLook())).toEqual([])
    await owner().presses(messageOf(await owner().uses('unlink')), 'Unlink')
    expect(messageOf(await owner().uses('unlink')).content).toContain('nothing to delete')
    expect(buttonsOf(await chiyosLook())).toHaveLength(1)

    async function chiyosLook(): Promise<Message> {
      return messageOf(await chiyo.uses('liked recent', { member: owner().id }))
    }
  })

  async function starts(): Promise<void> {
    program = await startProgram(sandbox, redis && { REDIS_URL: redis.url })
  }

  function owner(): Player {
    return ana ?? expect.unreachable()
  }

  function asker(): Player {
    return ben ?? expect.unreachable()
  }

  async function benAsks(): Promise<{ asked: Message; question: Message }> {
    const asked = await asks(asker(), owner())
    expect(asked.components).toEqual([])
    return { asked, question: await questionOf(sandbox, asker(), owner(), music) }
  }

  async function benIsTold(asked: Message, told: string | RegExp): Promise<void> {
    const content = (): string => seenAgain(sandbox, asker(), asked)?.content ?? ''
    await until(`"${String(told)}"`, () => (typeof told === 'string' ? content() === told : told.test(content())))
  }

  /** What only Ana sees. */
  function receiptOf(told: string | RegExp): Promise<Message> {
    const isIt = ({ content }: Message): boolean => (typeof told === 'string' ? content === told : told.test(content))
    return until('the receipt', () =>
      sandbox.discord.messages(music, owner().id).findLast((message) => message.ephemeral && isIt(message)),
    )
  }
})

describe('once Discord lets an answer be changed no longer', () => {
  test('Ben keeps what he saw, and a new look tells him the truth', async () => {
    onTestFinished(() => void vi.useRealTimers())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const world = await startWorld({}, 'gateway', unhurried)
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    for (const player of [ana, ben]) await player.links()
    const asked = await asks(ben, ana)
    const question = await questionOf(world, ben, ana, music)
    vi.setSystemTime(Date.now() + 16 * minute)
    await ana.presses(question, 'Show one page here')
    const look = await until('a look that says so', async () => {
      const { content } = await asks(ben, ana)
      return content.includes('They showed one page when you asked.') && content
    })
    expect(look).not.toContain("haven't answered")
    expect(seenAgain(world, ben, asked)?.content).toBe(asked.content)
    await world.stop()
  })
})

describe('what Ana took back and cannot be changed', () => {
  test('she is told that the page stays', async () => {
    const world = await startWorld({}, 'gateway', unhurried)
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    for (const player of [ana, ben]) await player.links()
    await asks(ben, ana)
    const page = messageOf(await ana.presses(await questionOf(world, ben, ana, music), 'Show one page here'))
    const receipt = await until('the receipt', () =>
      world.discord.messages(music, ana.id).findLast(({ content }) => content.startsWith('You showed')),
    )
    world.discord.failNext(/^PATCH .*\/channels\//, 403, { code: 50001, message: 'Missing Access' })
    expect(messageOf(await ana.presses(receipt, 'Undo')).content).toContain("I can't change the page here")
    expect(seenAgain(world, ben, page)?.embeds).toHaveLength(1)
    await world.stop()
  })
})

test.each(['gateway', 'http'] as const)(
  'by %s: a page that Discord refuses was not shown: no receipt, nothing for Ben, and Ana can answer again',
  async (transport) => {
    const world = await startWorld({}, transport, unhurried)
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    for (const player of [ana, ben]) await player.links()
    const asked = await asks(ben, ana)
    const question = await questionOf(world, ben, ana, music)
    world.discord.failNext(/\/callback$/, 400, { code: 50035, message: 'Invalid Form Body' })
    const told = messageOf(await ana.presses(question, 'Show one page here'))
    expect(told).toMatchObject({ ephemeral: true, content: expect.stringContaining('Something went wrong') })
    expect(world.errors.splice(0)).toEqual([expect.stringContaining('Invalid Form Body')])
    expect(seenAgain(world, ana, question)).toEqual(question)
    expect((await asks(ben, ana)).content).toContain("haven't answered yet")

    await ana.presses(question, 'Show one page here')
    await until('word to Ben', () => seenAgain(world, ben, asked)?.content.includes('showed [one page'))
    const receipts = world.discord.messages(music, ana.id).filter(({ content }) => content.startsWith('You showed'))
    expect(receipts).toHaveLength(1)
    await world.stop()
  },
)

describe('/account sharing', () => {
  test('marks what is in force, lists the other servers, and ends sharing there', async () => {
    const world = await startWorld({}, 'gateway', unhurried)
    const ana = world.person('ana')
    await ana.links()
    await inAnotherServer(world, ana)
    const settings = messageOf(await ana.uses('account sharing'))
    expect(settings.content).toMatch(/^You share your liked songs with \*\*nobody\*\* here\.\n\nYou also share in:\n- /)
    expect(buttonsOf(settings).map(({ label, disabled }) => [label, disabled])).toEqual([
      ['✓ Share with nobody', true],
      ['Share with this server', false],
    ])
    const here = messageOf(await ana.presses(settings, 'Share with this server'))
    expect(here.content).toMatch(/^You share with \*\*this server\*\*/)
    expect(buttonsOf(here).map(({ disabled }) => disabled)).toEqual([false, true])

    const select = here.components.flatMap((row) => row['components'] as Select[]).find(({ type }) => type === 3)
    const { custom_id: id = '', options = [] } = select ?? {}
    const ended = await world.discord.press(ana.id, here.id, id, [options[0]?.value ?? ''])
    expect(messageOf(ended).content).toBe(
      'You share with **this server**: its members can look through your liked songs.',
    )
    expect(messageOf(await ana.uses('account status')).content).not.toContain("server that I can't see**: members")
    await world.stop()
  })
})

interface Select {
  readonly type: number
  readonly custom_id?: string
  readonly options?: readonly { readonly value: string }[]
}

function urlOf({ discord }: Pick<Sandbox, 'discord'>, { channelId, id }: Message): string {
  return new URL(`/channels/${guild.id}/${channelId}/${id}`, discord.authorizeUrl).href
}
