import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { textOf } from '../world/message-text.ts'
import { holdSpotify } from '../world/hold.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, footerOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''
const roundups = channels[2]?.id ?? ''

describe('what are we saving', () => {
  let world: World
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    world = await startWorld()
    ana = world.person('ana')
    ben = world.person('ben')
    await ana.links()
    await ben.links()
  })
  afterAll(() => world.stop())

  test('nobody takes part until they join: Ana sees first what would be shown, and where', async () => {
    expect((await roundupNow()).content).toMatch(/Nobody has joined.*<\/roundup join:\d+>/)
    const preview = messageOf(await ana.uses('roundup join'))
    expect(preview.ephemeral).toBe(true)
    expect(preview.content).toMatch(/^Roundups show \*\*this server\*\* everything you like, with your name/)
    expect(textOf(preview)).toMatch(/What a roundup would show of you today\*\*\n.*open\.spotify\.com\/track/)
    expect(textOf(preview).match(/\]\(https:\/\/open\.spotify\.com/g)).toHaveLength(10)
    expect(textOf(preview)).toMatch(/-# and everything else you liked in the last seven days$/)
    expect((await roundupNow()).content).toMatch(/Nobody has joined/)
    expect(messageOf(await ana.presses(preview, 'Join roundups')).content).toMatch(/You joined/)
  })

  test('a song that Ana and Ben both saved comes first, with both in the order in which they saved it', async () => {
    await joins(ben)
    const page = await roundupNow({ days: 7 })
    const [heading, together, alone] = textOf(page).split('\n### ')
    expect(heading).toMatch(/^## What was saved here\n-# <t:\d+:D> to <t:\d+:D>$/)
    expect(together).toMatch(/^Saved by several\n/)
    expect(together).toContain(`<@${ana.id}>, <@${ben.id}>`)
    expect(alone).toMatch(/^<@\d+> · \d+ songs\n/)
    expect(textOf(page)).not.toMatch(/%|#\d|\d points/)
    expect(page).toMatchObject({ content: '', embeds: [] })
    expect(footerOf(page)).toMatch(/^Page 1 of \d+ · 2 members · Spotify$/)
  })

  test('it asks Spotify once for each member, and not at all when their newest songs are in hand', async () => {
    const before = world.spotify.requests.length
    await roundupNow()
    expect(world.spotify.requests.length - before).toBe(0)
  })

  test('a page of it opens in no other server, whatever member presses there', async () => {
    const page = await roundupNow({ days: 31 })
    const id = buttonsOf(page)
      .find(({ label }) => label === 'Join roundups')
      ?.custom_id?.split(':')
      .at(-1)
    const next = `roundup:1:page:${id}:2:n`
    const elsewhere = {
      guild_id: '197038439483319999',
      guild: { id: '197038439483319999', features: [], locale: 'en-US' },
    }
    const pressed = {
      type: 3,
      ...elsewhere,
      message: { id: page.id },
      data: { custom_id: next, component_type: 2, id: 1 },
    }
    const told = messageOf(await world.discord.dispatch(ben.id, music, pressed))
    expect(told.content).toBe('This roundup belongs to another server.')
    expect(told).toMatchObject({ ephemeral: true, embeds: [] })
  })

  test('Ben leaves: nothing of his is shown any more, also where a page was posted before', async () => {
    const page = await roundupNow({ days: 31 })
    expect(textOf(page)).toContain(ben.id)
    expect(messageOf(await ben.uses('roundup leave')).content).toMatch(/^You left/)
    const shown = await changed(page)
    const again = messageOf(await ana.presses(shown, 'Next'))
    expect(JSON.stringify(again)).not.toContain(ben.id)
  })

  test('turning sharing off here ends it as well, and so does unlinking', async () => {
    await joins(ben)
    await ben.presses(messageOf(await ben.uses('account sharing')), 'Share with nobody')
    expect(messageOf(await ben.uses('roundup status')).content).toMatch(
      /1 member is in the roundups\. You have not joined/,
    )
    await joins(ben)
    const page = await roundupNow()
    await ben.presses(messageOf(await ben.uses('unlink')), 'Unlink')
    await changed(page)
    expect(messageOf(await ana.uses('roundup status')).content).toMatch(
      /1 member is in the roundups\. You have joined\./,
    )
    await ben.links()
  })

  test('a weekly roundup needs Manage Server', async () => {
    const asked = { channel: roundups, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' }
    expect(messageOf(await ben.uses('roundup schedule', asked)).content).toMatch(/Manage Server/)
    expect(messageOf(await ben.uses('roundup pause')).content).toMatch(/Manage Server/)
    const set = messageOf(await ana.uses('roundup schedule', asked))
    expect(textOf(set)).toMatch(/Every Friday at 18:00 \(Europe\/Berlin\) in <#\d+>\. Next: <t:\d+:F>, <t:\d+:R>/)
    expect(messageOf(await ana.uses('roundup pause')).content).toMatch(/Paused/)
    expect(messageOf(await ana.uses('roundup status')).content).toMatch(/is paused/)
    expect(messageOf(await ana.uses('roundup resume')).content).toMatch(/Next: <t:/)
  })

  test('IX-130 a channel that is closed to the bot is refused at once, with what is missing', async () => {
    const options = [
      { name: 'channel', type: 7, value: roundups },
      { name: 'weekday', type: 3, value: 'Friday' },
      { name: 'hour', type: 4, value: 18 },
      { name: 'timezone', type: 3, value: 'Europe/Berlin' },
    ]
    // View Channel, and nothing else.
    const channel = { id: roundups, type: 0, name: 'roundups', permissions: '2147483647', app_permissions: '1024' }
    const command = world.discord.commands().find(({ name }) => name === 'roundup')
    const refused = messageOf(
      await world.discord.dispatch(ana.id, music, {
        type: 2,
        data: {
          ...{ id: command?.['id'], name: 'roundup', type: 1 },
          options: [{ name: 'schedule', type: 1, options }],
          resolved: { channels: { [roundups]: channel } },
        },
      }),
    )
    expect(refused.content).toMatch(
      /I can't post in <#\d+> yet\. Open the channel's settings.*allow me Send Messages and Embed Links\.$/,
    )
  })

  test('while Spotify is slow, the roundup says how many members it has asked', async () => {
    await joins(ben)
    const seen: string[] = []
    const stop = world.discord.onChange(() => {
      seen.push(world.discord.messages(music, ana.id).at(-1)?.content ?? '')
    })
    // Of a new link nothing is in hand.
    await ben.links()
    const letGo = holdSpotify(world.spotify)
    const page = messageOf(await ana.uses('roundup now'))
    await expect
      .poll(() => seen)
      .toContainEqual(expect.stringMatching(/Looking up what 2 members saved: \d done so far\./))
    letGo()
    await expect.poll(() => textOf(shownNow(page))).toMatch(/What was saved here/)
    stop()
  })

  test('a preview that Ana sees alone leaves the roundup in the channel its own pages', async () => {
    const shown = await roundupNow()
    const scheduled = { channel: music, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' }
    const preview = messageOf(await collected(world, ana, await ana.uses('roundup schedule', scheduled)))
    const idOf = (message: Message) => buttonsOf(message).find(({ label }) => label === 'Join roundups')?.custom_id
    expect(preview.ephemeral).toBe(true)
    expect(idOf(shown)).toMatch(/^roundup:1:invite:now-7-/)
    expect(idOf(preview)).toMatch(/^roundup:1:invite:own-7-/)
  })

  test('Ana finds her timezone by its city', async () => {
    const choices = await world.discord.complete(ana.id, music, 'roundup schedule', {}, 'timezone')
    expect(choices).toHaveLength(25)
  })

  /** The page as it is in the chat, once Ben is not on it any more. */
  async function changed(page: Message): Promise<Message> {
    await expect.poll(() => JSON.stringify(shownNow(page))).not.toContain(ben.id)
    return shownNow(page)
  }

  function shownNow(page: Message): Message {
    return world.discord.messages(music, ana.id).find(({ id }) => id === page.id) ?? page
  }

  async function roundupNow(options?: Record<string, number>): Promise<Message> {
    return messageOf(await collected(world, ana, await ana.uses('roundup now', options)))
  }

  async function joins(player: Player): Promise<void> {
    await player.presses(messageOf(await player.uses('roundup join')), 'Join roundups')
  }
})
