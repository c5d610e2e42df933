import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, messageOf, rowsOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''
const elsewhere = '197038439483319999'

describe('leaving the server', () => {
  let world: World
  let ana: Player
  let ben: Player
  let server: string
  let memberRoute: RegExp
  beforeAll(async () => {
    world = await startWorld({}, 'gateway', unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    server = world.discord.guild.id
    memberRoute = new RegExp(`GET .*/guilds/${server}/members/${ana.id}`)
    for (const player of [ana, ben]) {
      await player.links()
      await joins(player)
    }
  })
  afterAll(() => world.stop())
  beforeEach(async () => {
    world.discord.comeBack(ana.id)
    await chooses('Share with this server')
    await joins(ana)
  })

  test('who has left is refused like somebody who does not share, also on pages from before, and finds nothing shared when they come back', async () => {
    const page = messageOf(await ben.uses('liked recent', { member: ana.id }))
    expect(rowsOf(page)).toHaveLength(10)
    world.discord.leave(ana.id)
    for (const [command, options] of [
      ['liked recent', { member: ana.id }],
      ['liked random', { member: ana.id }],
      ['liked search', { member: ana.id, query: 'a' }],
      ['liked when', { member: ana.id, date: '2023' }],
      ['Liked songs', { target: ana.id }],
    ] as const) {
      const before = world.spotify.requests.length
      const refused = messageOf(await ben.uses(command, options))
      expect(refused).toMatchObject({
        ephemeral: true,
        content: `<@${ana.id}>'s liked songs are not shared with you here.`,
      })
      expect(rowsOf(refused)).toEqual([])
      expect(world.spotify.requests.length).toBe(before)
    }
    expect(messageOf(await ben.presses(page, 'Next')).content).toContain('not shared with you here')
    // Discord has said by now that she is no member.
    world.discord.comeBack(ana.id)
    await expect.poll(async () => messageOf(await ana.uses('account status')).content).not.toMatch(/\n- /)
    expect(messageOf(await ben.uses('liked recent', { member: ana.id })).content).toContain('not shared with you here')
    expect(messageOf(await ana.uses('roundup status')).content).toContain('1 member is in the roundups')
  })

  test('who has left is in no roundup any more, also not in the one from before', async () => {
    const before = await roundupNow()
    expect(JSON.stringify(before)).toContain(ana.id)
    world.discord.leave(ana.id)
    const after = await roundupNow()
    expect(JSON.stringify(after)).toContain(ben.id)
    expect(JSON.stringify(after)).not.toContain(ana.id)
    await expect.poll(() => JSON.stringify(shownNow(before))).not.toContain(ana.id)
    expect(messageOf(await ben.uses('roundup status')).content).toContain('1 member is in the roundups')
  })

  test.each([
    ['404, unknown guild: the bot was removed', 404, { message: 'Unknown Guild', code: 10004 }],
    ['404, unknown user', 404, { message: 'Unknown User', code: 10013 }],
    ['404 without a code', 404, { message: '404: Not Found', code: 0 }],
    ['404 of a proxy', 404, 'Not found'],
    ['403, missing access', 403, { message: 'Missing Access', code: 50001 }],
    ['400 that says unknown member', 400, { message: 'Unknown Member', code: 10007 }],
    ['500', 500, { message: 'Internal', code: 0 }],
    ['a connection that is cut', 0, undefined],
  ])('an answer of %s changes nothing', async (_name, status, body) => {
    world.discord.failNext(memberRoute, status, body, 10)
    expect(JSON.stringify(await roundupNow())).toContain(ana.id)
    expect(messageOf(await ana.uses('account status')).content).toContain('shared in this server')
    expect(rowsOf(messageOf(await ben.uses('liked recent', { member: ana.id })))).toHaveLength(10)
    world.discord.stopFailing()
  })

  test('`/account status` names every server, and ends each from anywhere, also when Ana has left it', async () => {
    const status = messageOf(await ana.uses('account status'))
    expect(status.content).toContain(
      `**${world.discord.guild.name}**: members can look up your songs, your songs are in its roundups`,
    )
    expect(selectsOf(status)).toEqual(['Stop sharing in…', 'Leave the roundups of…'])

    const there = messageOf(await usesIn(elsewhere, 'status'))
    expect(there.content).toContain(world.discord.guild.name)
    const stopped = messageOf(await world.discord.press(ana.id, there.id, 'Stop sharing in…', [server]))
    expect(stopped.id).toBe(there.id)
    expect(selectsOf(stopped)).toEqual(['Leave the roundups of…'])
    expect(messageOf(await ben.uses('liked recent', { member: ana.id })).content).toContain('not shared with you here')
    const left = messageOf(await world.discord.press(ana.id, stopped.id, 'Leave the roundups of…', [server]))
    expect(selectsOf(left)).toEqual([])
    expect(JSON.stringify(await roundupNow())).not.toContain(ana.id)
  })

  test('a server that Discord does not name is still listed, and can be ended', async () => {
    await chooses('Share with this server', elsewhere)
    const status = messageOf(await ana.uses('account status'))
    expect(status.content).toContain(
      `[A server that I can't see](${new URL(`/channels/${elsewhere}`, world.discord.authorizeUrl).href})`,
    )
    const stopped = messageOf(await world.discord.press(ana.id, status.id, 'Stop sharing in…', [elsewhere]))
    expect(stopped.content).not.toContain(elsewhere)
  })

  test('nobody else can end it by a select of Ana’s', async () => {
    const forged = messageOf(await ben.forges(messageOf(await ben.uses('account status')), `account:1:stop:${ana.id}`))
    expect(forged.content).toContain(`Only <@${ana.id}> can answer this.`)
  })

  test.each(['stop', 'leave'])('a press of %s that chooses no server is refused', async (action) => {
    const forged = await ana.forges(messageOf(await ana.uses('account status')), `account:1:${action}:${ana.id}`)
    expect(messageOf(forged).content).toContain('This choice names no server')
  })

  test('what is in force cannot be chosen in `/account sharing`', async () => {
    const settings = async (): Promise<(string | boolean | undefined)[][]> =>
      buttonsOf(messageOf(await ana.uses('account sharing'))).map(({ label, disabled }) => [label, disabled])
    expect(await settings()).toEqual([
      ['Share with nobody', false],
      ['✓ Share with this server', true],
    ])
    await chooses('Share with nobody')
    expect(await settings()).toEqual([
      ['✓ Share with nobody', true],
      ['Share with this server', false],
    ])
    await joins(ana)
    // It ends the roundup as well.
    expect(await settings()).toEqual([
      ['Share with nobody', false],
      ['Share with this server', false],
    ])
  })

  async function joins(player: Player): Promise<void> {
    const question = messageOf(await player.uses('roundup join'))
    if (buttonsOf(question).some(({ label }) => label === 'Join roundups'))
      await player.presses(question, 'Join roundups')
  }

  async function chooses(choice: string, guild = server): Promise<void> {
    const settings = messageOf(await usesIn(guild, 'sharing'))
    const button = buttonsOf(settings).find(({ label }) => label.endsWith(choice)) ?? expect.unreachable()
    if (button.disabled) return
    const id = button.custom_id
    const data = { custom_id: id, component_type: 2, id: 1 }
    await world.discord.dispatch(ana.id, music, { type: 3, ...placeOf(guild), message: { id: settings.id }, data })
  }

  function usesIn(guild: string, subcommand: string) {
    const command = world.discord.commands().find(({ name }) => name === 'account')
    const data = {
      id: command?.['id'],
      name: 'account',
      type: 1,
      options: [{ name: subcommand, type: 1, options: [] }],
    }
    return world.discord.dispatch(ana.id, music, { type: 2, ...placeOf(guild), data })
  }

  async function roundupNow(): Promise<Message> {
    return messageOf(await collected(world, ben, await ben.uses('roundup now', { days: 31 })))
  }

  function shownNow(page: Message): Message {
    return world.discord.messages(music, ben.id).find(({ id }) => id === page.id) ?? page
  }
})

function placeOf(guild: string) {
  return { guild_id: guild, guild: { id: guild, features: [], locale: 'en-US' } }
}

function selectsOf(message: Message): unknown[] {
  const all = message.components.flatMap((row) => row['components'] as { type: number; placeholder?: string }[])
  return all.filter(({ type }) => type === 3).map(({ placeholder }) => placeholder)
}
