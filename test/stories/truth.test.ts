import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { channels } from '../../sandbox/people.ts'
import { asks, questionOf, seenAgain } from '../world/asking.ts'
import { until } from '../world/until.ts'
import { buttonsOf, messageOf, startWorld, textsOf, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''

describe('what people are told is so', () => {
  let world: World
  let [ana, ben]: Player[] = []
  beforeAll(async () => {
    world = await startWorld({}, 'gateway', unhurried)
  })
  afterAll(() => world.stop())
  beforeEach(async () => {
    ;[ana, ben] = [world.person('ana'), world.person('ben')]
    for (const player of [ana, ben]) {
      await player.presses(messageOf(await player.uses('unlink')), 'Unlink').catch(() => undefined)
      await player.links()
    }
  })
  const owner = (): Player => ana ?? expect.unreachable()
  const asker = (): Player => ben ?? expect.unreachable()
  test('where her page cannot be shown, Ben is told that Ana shares, and of no page', async () => {
    const asked = await asks(asker(), owner())
    const question = await questionOf(world, asker(), owner(), music)
    world.spotify.trouble = { kind: 'server-error' }
    await owner().presses(question, 'Share with everyone here')
    const told = `<@${owner().id}> shares their liked songs with everyone here now.`
    await until('word to Ben', () => seenAgain(world, asker(), asked)?.content === told)
    await until('the reason', () =>
      world.discord
        .messages(music, owner().id)
        .find(({ content, ephemeral }) => ephemeral && content.startsWith("Spotify isn't working")),
    )
    expect(seenAgain(world, asker(), asked)?.content).toBe(told)
    world.spotify.trouble = { kind: 'none' }
  })

  test('after Spotify has ended a connection, every answer says that, and not that there was none', async () => {
    const song = messageOf(await owner().uses('liked random'))
    world.spotify.revoke(asker().spotify.id)
    world.spotify.expireAccessTokens(asker().spotify.id)
    for (const command of ['liked recent', 'account status', 'liked random', 'roundup join']) {
      const told = messageOf(await asker().uses(command))
      expect(told.content, command).toMatch(/^Your Spotify connection has ended.*<\/link:\d+>/)
      expect(buttonsOf(told).map(({ label }) => label)).toEqual(['Renew connection'])
    }
    const save = messageOf(await asker().presses(song, 'Save to my liked songs'))
    expect(save.content).toMatch(
      /^Your Spotify connection has ended\..* this button, which also saves \*\[.+\]\(.+\)\*\.$/,
    )
  })

  test('a song that is not saved is named, whatever the cause', async () => {
    const song = messageOf(await owner().uses('liked random'))
    const asked = messageOf(await asker().presses(song, 'Save to my liked songs'))
    const start = await asker().browser.visit(buttonsOf(asked)[0]?.url ?? '')
    const { browser } = asker()
    await browser.goOn(await browser.goOn(await browser.goOn(await browser.goOn(start))))
    world.spotify.trouble = { kind: 'server-error' }
    const told = messageOf(await asker().presses(song, 'Save to my liked songs'))
    world.spotify.trouble = { kind: 'none' }
    expect(told.content).toMatch(/^I couldn't save \*\[.+\]\(.+\)\*\. Spotify isn't working properly right now\./)
  })

  test('whom Spotify does not let in is shown the way to an app of their own', async () => {
    world.spotify.trouble = { kind: 'not-allowed' }
    const told = messageOf(await owner().uses('liked recent', { market: 'FR' }))
    world.spotify.trouble = { kind: 'none' }
    const [button] = buttonsOf(told)
    expect(button?.label).toBe('Use my own Spotify app (advanced)')
    expect((await owner().browser.visit(button?.url ?? '')).text).toContain('Link through your own Spotify app')
  })

  test('who is not linked reads what for, when they ask or join', async () => {
    const refused = messageOf(await asker().uses('liked recent', { member: owner().id }))
    await asker().presses(messageOf(await asker().uses('unlink')), 'Unlink')
    const asked = messageOf(await asker().presses(refused, `Ask @Ana to share`))
    expect(asked.content).toMatch(/^To ask <@\d+>, link your own Spotify first: use <\/link:\d+>/)
    const joined = messageOf(await asker().uses('roundup join'))
    expect(joined.content).toMatch(/^To join the roundups, link your own Spotify first: use <\/link:\d+>/)
    for (const told of [asked, joined]) expect(buttonsOf(told).map(({ label }) => label)).toEqual(['Link Spotify'])
  })

  test('somebody else’s empty list says whose it is, and gives no advice to the wrong person', async () => {
    const dara = world.person('dara')
    await dara.links()
    await dara.presses(messageOf(await dara.uses('account sharing')), 'Share with this server')
    for (const command of ['liked recent', 'liked random']) {
      const shown = messageOf(await owner().uses(command, { member: dara.id }))
      const text = [shown.content, shown.embeds[0]?.['description'], ...textsOf(shown)].join('\n')
      expect(text).toContain(`<@${dara.id}> has no liked songs yet.`)
      expect(text).not.toContain('Tap the plus')
    }
  })
})
