import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { asks, questionOf } from '../world/asking.ts'
import {
  buttonsOf,
  footerOf,
  messageOf,
  rowsOf,
  startWorld,
  unhurried,
  type Player,
  type World,
} from '../world/world.ts'

const music = channels[0]?.id ?? ''

describe('sharing songs, and taking it back', () => {
  let world: World
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    world = await startWorld({}, 'gateway', unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    for (const username of ['ana', 'ben', 'chiyo', 'emil', 'fay']) await world.person(username).links()
  })
  afterAll(() => world.stop())
  beforeEach(() => share('Share with nobody'))

  /** What is in force cannot be chosen. */
  async function share(choice: 'Share with nobody' | 'Share with this server'): Promise<Message> {
    const settings = messageOf(await ana.uses('account sharing'))
    const isInForce = buttonsOf(settings).find(({ label }) => label === `✓ ${choice}`)?.disabled
    return isInForce ? settings : messageOf(await ana.presses(settings, choice))
  }

  test('nobody is shared until they say so: Ben is refused privately, for no request', async () => {
    for (const command of ['liked recent', 'liked random', 'liked search', 'liked when']) {
      const before = world.spotify.requests.length
      const options = {
        member: ana.id,
        ...(command.endsWith('search') && { query: 'a' }),
        ...(command.endsWith('when') && { date: '2023' }),
      }
      const refused = messageOf(await ben.uses(command, options))
      expect(refused).toMatchObject({
        ephemeral: true,
        content: `<@${ana.id}>'s liked songs are not shared with you here.`,
      })
      expect(buttonsOf(refused).map(({ label }) => label)).toEqual(['Ask @Ana to share'])
      expect(world.spotify.requests.length).toBe(before)
    }
    expect(messageOf(await ben.uses('Liked songs', { target: ana.id })).content).toContain('not shared with you here')
  })

  test('the refusal does not tell whether there is anything to share', async () => {
    const dara = world.person('dara')
    const refused = messageOf(await ben.uses('liked recent', { member: dara.id }))
    expect(refused.content).toBe(`<@${dara.id}>'s liked songs are not shared with you here.`)
  })

  test('Ana shares in this server: Ben looks her up, turns, browses, and reads nothing more once she has stopped', async () => {
    expect((await share('Share with this server')).content).toContain('**this server**')
    const shown = messageOf(await ben.uses('liked recent', { member: ana.id }))
    expect(shown.ephemeral).toBe(false)
    expect(shown.embeds[0]?.['author']).toMatchObject({ name: 'Ana' })
    const turned = messageOf(await ben.presses(shown, 'Next'))
    expect(turned.id).toBe(shown.id)
    expect(footerOf(turned)).toMatch(/^Page 2 of 312/)
    // Ben may save her songs, also after she has turned his page. None of them is behind a link to one's own.
    const back = messageOf(await ana.presses(turned, 'Previous'))
    const again = messageOf(await ana.presses(back, 'Next'))
    for (const { components } of [shown, turned, back, again]) {
      expect(JSON.stringify(components)).toContain('Save to my liked songs')
      expect(JSON.stringify(components)).not.toContain('OPEN SPOTIFY')
    }
    const copy = messageOf(await ben.presses(turned, 'Browse privately'))
    expect(copy.ephemeral).toBe(true)

    await share('Share with nobody')
    for (const message of [turned, copy]) {
      const before = world.spotify.requests.length
      const refused = messageOf(await ben.presses(message, 'Next'))
      expect(refused.content).toContain('not shared with you here')
      expect(rowsOf(refused)).toEqual([])
      expect(world.spotify.requests.length).toBe(before)
    }
    const still = world.discord.messages(shown.channelId, ben.id).find(({ id }) => id === shown.id)
    expect(still && footerOf(still)).toMatch(/^Page 2/)
  })

  test('on Ana’s own page somebody else gets a copy of his own to turn while she shares, and Ask when she does not', async () => {
    const shown = messageOf(await ana.uses('liked recent'))
    expect(messageOf(await ben.presses(shown, 'Next')).content).toContain('not shared with you here')
    await share('Share with this server')
    const copy = messageOf(await ben.presses(shown, 'Next'))
    expect(copy).toMatchObject({ ephemeral: true })
    expect(footerOf(copy)).toMatch(/^Page 2/)
    expect(footerOf(messageOf(await ben.presses(copy, 'Next')))).toMatch(/^Page 3/)
    const dialog = await ben.presses(shown, '1 / 312')
    expect(footerOf(messageOf(await ben.submits(dialog, { page: '7' })))).toMatch(/^Page 7/)
  })

  test('the menu on a person shows their songs to the caller alone', async () => {
    await share('Share with this server')
    const shown = messageOf(await ben.uses('Liked songs', { target: ana.id }))
    expect(shown.ephemeral).toBe(true)
    expect(rowsOf(shown)).toHaveLength(10)
  })

  test('Ben asks, Ana alone can answer: once shows one page, and opens no more', async () => {
    const refused = messageOf(await ben.uses('liked recent', { member: ana.id }))
    const another = messageOf(await ben.uses('liked recent', { member: ana.id }))
    const asked = messageOf(await ben.presses(refused, 'Ask @Ana to share'))
    expect(asked).toMatchObject({ id: refused.id, ephemeral: true, components: [] })
    expect(asked.content).toBe(`I asked <@${ana.id}>. You'll see the answer here.`)
    const question = await questionOf(world, ben, ana, music)
    expect(question).toMatchObject({ ephemeral: false })
    const [asks, grants] = question.content.split('\n')
    expect(asks).toBe(`<@${ana.id}>, <@${ben.id}> would like to see your liked songs here.`)
    expect(grants).toMatch(
      /^-# Sharing lets everyone in this server look through all your songs\. <\/account sharing:\d+> undoes it\.$/,
    )
    expect(stylesOf(question)).toEqual([2, 2, 2])
    expect(buttonsOf(question).map(({ label }) => label)).toEqual([
      'Show one page here',
      'Share with everyone here',
      'No',
    ])
    expect(messageOf(await ben.presses(question, 'Show one page here')).content).toBe(
      `Only <@${ana.id}> can answer this.`,
    )

    const again = messageOf(await ben.presses(another, 'Ask @Ana to share'))
    expect(again).toMatchObject({ ephemeral: true, content: expect.stringContaining('within the last hour') })

    const page = messageOf(await ana.presses(question, 'Show one page here'))
    expect(page.id).toBe(question.id)
    expect(rowsOf(page)).toHaveLength(10)
    expect(messageOf(await ben.presses(page, 'Next')).content).toContain('not shared with you here')
    expect(footerOf(messageOf(await ana.presses(page, 'Next')))).toMatch(/^Page 2/)
  })

  test('Chiyo asks and Ana allows it in this server; Emil asks and she says no', async () => {
    const [chiyo, emil] = [world.person('chiyo'), world.person('emil')]
    const question = async (asker: Player): Promise<Message> => {
      await asks(asker, ana)
      return questionOf(world, asker, ana, music)
    }

    const no = messageOf(await ana.presses(await question(emil), 'No'))
    expect(no.content).toBe('This question has been answered.')
    expect(buttonsOf(no)).toEqual([])
    const yes = messageOf(await ana.presses(await question(chiyo), 'Share with everyone here'))
    expect(yes.content).toContain('shares their liked songs with everyone here now')
    expect(rowsOf(messageOf(await emil.uses('liked recent', { member: ana.id })))).toHaveLength(10)
  })

  test('unlinking ends the sharing, also for a link made later', async () => {
    await share('Share with this server')
    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    expect(messageOf(await ben.uses('liked recent', { member: ana.id })).content).toContain('not shared with you here')
    await ana.links()
    expect(messageOf(await ben.uses('liked recent', { member: ana.id })).content).toContain('not shared with you here')
  })

  test('a consent that Spotify has ended can still be unlinked and stopped, and another account shares nothing', async () => {
    await share('Share with this server')
    world.spotify.revoke(ana.spotify.id)
    world.spotify.expireAccessTokens()
    expect(messageOf(await ana.uses('liked recent')).content).toContain('</link:')
    expect(messageOf(await ben.uses('liked recent', { member: ana.id })).content).toContain('not shared with you here')
    const stopped = messageOf(await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with nobody'))
    expect(stopped.content).toContain('</link:')
    expect(messageOf(await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')).content).toContain('deleted')
    expect(messageOf(await ana.uses('unlink')).content).toContain('</link:')
    await ana.links()
    expect(messageOf(await ben.uses('liked recent', { member: ana.id })).content).toContain('not shared with you here')
  })

  test('what is wrong with Ana’s connection is not told to Ben as his own', async () => {
    await share('Share with this server')
    world.spotify.script(/GET \/v1\/me\/tracks/, {
      status: 403,
      body: { error: { message: 'Insufficient client scope' } },
    })
    const told = messageOf(await ben.uses('liked recent', { member: ana.id }))
    expect(told).toMatchObject({
      ephemeral: true,
      content: "I can't show these songs right now. Please try again later.",
    })
  })

  test('what Ana allows stays allowed, although her page cannot be shown at that moment', async () => {
    await asks(world.person('fay'), ana)
    const question = await questionOf(world, world.person('fay'), ana, music)
    world.spotify.trouble = { kind: 'server-error' }
    const yes = messageOf(await ana.presses(question, 'Share with everyone here'))
    world.spotify.trouble = { kind: 'none' }
    expect(yes.content).toContain('shares their liked songs with everyone here now')
    expect(buttonsOf(yes)).toEqual([])
    expect(messageOf(await ana.uses('account sharing')).content).toContain('**this server**')
  })
})

function stylesOf({ components }: Message): unknown[] {
  return components.flatMap((row) => (row['components'] as { style: unknown }[]).map(({ style }) => style))
}
