import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withNested } from '../../sandbox/discord/limits/layout.ts'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import type { Song } from '../../sandbox/spotify/spotify.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { textOf } from '../world/message-text.ts'
import { until } from '../world/until.ts'
import { buttonsOf, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const music = channels[0]?.id ?? ''

describe('Save songs, by the gateway and with the embedded store', () => {
  stories('gateway', async () => ({}))
})

describe.skipIf(withoutRedis())('Save songs, over HTTP and with Redis', () => {
  let redis: RedisServer
  afterAll(() => redis.stop())
  stories('http', async () => ({ REDIS_URL: (redis = await startRedis()).url }))
})

function stories(transport: 'gateway' | 'http', settings: () => Promise<Record<string, string>>): void {
  let world: World
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    world = await startWorld(await settings(), transport, unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    await ana.links()
    await ben.links()
  })
  afterAll(() => world.stop())

  test('Ana has not agreed to saving yet: she does that, and all three songs that are new to her are hers', async () => {
    const [liked, ...fresh] = [songsOf(ana)[5] ?? expect.unreachable(), ...newSongs(3)]
    const posted = says(ben, `Three for the train: ${fresh.map(linkTo).join(', ')}, and ${linkTo(liked)}!`)
    const before = world.spotify.requests.length
    const shown = messageOf(await saves(ana, posted))
    expect(asked(before)).toEqual(['GET /v1/me/library/contains'])
    expect(shown.ephemeral).toBe(true)
    expect(shown.content).toBe('**4 songs** in this message')
    expect(rows(shown)).toEqual([
      ...fresh.map((song, index) => `**${index + 1}.** ${linkTo(song)}`),
      `**4.** ${linkTo(liked)}\n-# already liked`,
    ])
    expect(selectsOf(shown).map(({ values, most }) => [values, most])).toEqual([[idsOf(fresh), 3]])

    const permission = messageOf(await ana.presses(shown, 'Save all (3)'))
    expect(permission.content).toContain('I need your permission on Spotify first')
    expect(likes(ana, fresh)).toEqual([false, false, false])
    await allows(ana, permission)
    const saved = await becomes(ana, permission, /^Saved 3 songs to your liked songs\.$/)
    expect(new Set(newest(ana, 3))).toEqual(new Set(idsOf(fresh)))
    expect(rows(saved)).toHaveLength(3)

    const undone = messageOf(await ana.presses(saved, 'Undo'))
    expect([undone.id, undone.content]).toEqual([
      saved.id,
      'Undone: these 3 songs are no longer among your liked songs.',
    ])
    expect(undone.embeds).toEqual([])
    expect(likes(ana, fresh)).toEqual([false, false, false])
    expect(likes(ana, [liked])).toEqual([true])
  })

  test('she saves two of three by the select, for two requests, and takes them back for one', async () => {
    const [first, second, third] = newSongs(3) as [Song, Song, Song]
    const shown = messageOf(await saves(ana, says(ben, [first, second, third].map(linkTo).join('\n'))))
    const before = world.spotify.requests.length
    const receipt = messageOf(await chooses(ana, shown, idsOf([first, third])))
    expect(asked(before)).toEqual(['GET /v1/me/library/contains', 'PUT /v1/me/library'])
    expect(receipt.content).toBe('Saved 2 songs to your liked songs.')
    expect(likes(ana, [first, second, third])).toEqual([true, false, true])

    // The third she has by now: what she had before is not taken away.
    const all = messageOf(await ana.presses(shown, 'Save all (3)'))
    expect(all.content).toBe('Saved 1 song to your liked songs.\nYou already had 2 of them.')
    await ana.presses(all, 'Undo')
    expect(likes(ana, [first, second, third])).toEqual([true, false, true])

    const again = world.spotify.requests.length
    await ana.presses(receipt, 'Undo')
    expect(asked(again)).toEqual(['DELETE /v1/me/library'])
    expect(likes(ana, [first, second, third])).toEqual([false, false, false])
    // A second press that was on its way.
    expect(messageOf(await ana.forges(receipt, undoOn(receipt))).content).toBe('You have undone this already.')
  })

  test('of a message with one song she gets its card, and takes that back', async () => {
    const [song] = newSongs(1) as [Song]
    const embed = {
      type: 'link',
      url: linkTo(song),
      title: song.title,
      description: `${song.artists[0]} · Song · 2021`,
    }
    const shown = messageOf(await saves(ana, says(ben, linkTo(song), [embed])))
    expect(rows(shown)).toEqual([`**1.** [${song.title}](${linkTo(song)})\n-# ${song.artists[0]}`])
    const card = messageOf(await ana.presses(shown, 'Save to my liked songs'))
    expect(textOf(card)).toContain(`Saved *[${song.title}](${linkTo(song)})* to your liked songs.`)
    expect(likes(ana, [song])).toEqual([true])
    const again = messageOf(await ana.presses(shown, 'Save to my liked songs'))
    expect(again.content).toBe(`You already have *[${song.title}](${linkTo(song)})* among your liked songs.`)
    expect(buttonsOf(again)).toEqual([])
    const undone = messageOf(await ana.presses(card, 'Undo'))
    expect(textOf(undone)).toBe(`Undone: *[${song.title}](${linkTo(song)})* is no longer among your liked songs.`)
    expect(likes(ana, [song])).toEqual([false])
  })

  test('after ten minutes, and over another connection, her liked songs stay as they are', async () => {
    const songs = newSongs(2)
    const shown = messageOf(await saves(ana, says(ben, songs.map(linkTo).join(' '))))
    const receipt = messageOf(await ana.presses(shown, 'Save all (2)'))
    const [, , , link] = undoOn(receipt).split(':')
    const before = world.spotify.requests.length
    const late = messageOf(await ana.forges(receipt, `liked:songs:undo:${link}:1`))
    expect(late.content).toContain('more than ten minutes ago')
    const other = messageOf(await ana.forges(receipt, undoOn(receipt).replace(/undo:\w+/, 'undo:00000000')))
    expect(other.content).toContain('a new one since then')
    expect(asked(before)).toEqual([])
    expect(likes(ana, songs)).toEqual([true, true])
  })

  test('forty songs are saved by one press, and more are counted', async () => {
    const songs = newSongs(42)
    const shown = messageOf(await saves(ana, says(ben, songs.map(({ id }) => `spotify:track:${id}`).join(' '))))
    expect(shown.content).toBe('**40 songs** in this message\nI can take 40 songs of a message. It has 2 more.')
    expect(rows(shown)).toHaveLength(40)
    expect(selectsOf(shown).map(({ values, placeholder }) => [values.length, placeholder])).toEqual([
      [25, 'Choose songs to save, 1 to 25'],
      [15, 'Choose songs to save, 26 to 40'],
    ])
    const before = world.spotify.requests.length
    const receipt = messageOf(await ana.presses(shown, 'Save all (40)'))
    expect(asked(before)).toEqual(['GET /v1/me/library/contains', 'PUT /v1/me/library'])
    expect(likes(ana, songs).filter(Boolean)).toHaveLength(40)
    await ana.presses(receipt, 'Undo')
    expect(likes(ana, songs).filter(Boolean)).toHaveLength(0)
  })

  test('one song that Spotify does not know keeps none of the others back', async () => {
    const songs = newSongs(9)
    const links = [...songs.slice(0, 4).map(linkTo), `spotify:track:${'0'.repeat(22)}`, ...songs.slice(4).map(linkTo)]
    const shown = messageOf(await saves(ana, says(ben, links.join(' '))))
    const before = world.spotify.requests.length
    const receipt = messageOf(await ana.presses(shown, 'Save all (10)'))
    expect(receipt.content).toBe("Saved 9 songs to your liked songs.\nSpotify doesn't know 1 of them.")
    expect(asked(before).length).toBeLessThanOrEqual(10)
    expect(likes(ana, songs)).toEqual(songs.map(() => true))
    await ana.presses(receipt, 'Undo')
    expect(likes(ana, songs)).toEqual(songs.map(() => false))
  })

  test('what Ben forwards, and a list of Hearsay’s, hold songs as well, with their names', async () => {
    const [song] = newSongs(1) as [Song]
    const forwarded = world.discord.forward(ben.id, music, says(ben, `[${song.title}](${linkTo(song)})`).id)
    expect(rows(messageOf(await saves(ana, forwarded)))).toEqual([`**1.** [${song.title}](${linkTo(song)})`])

    const list = messageOf(await ben.uses('liked recent', { private: false }))
    const shown = messageOf(await saves(ana, list))
    expect(shown.content).toBe('**10 songs** in this message')
    for (const [index, { song: one }] of ben.spotify.library.slice(0, 10).entries())
      expect(rows(shown)[index]).toContain(one?.artists[0])
    const card = messageOf(await ben.uses('liked random', { private: false }))
    expect(rows(messageOf(await saves(ana, card)))).toEqual([expect.stringMatching(/^\*\*1\.\*\* \[.+\]\(https:.+\)/)])
  })

  test('a message without songs says so, and names what cannot be saved', async () => {
    expect(messageOf(await saves(ana, says(ben, 'No songs today'))).content).toBe(
      'I found no song in this message. I look for links to songs on Spotify.',
    )
    const other = `https://open.spotify.com/album/${'a'.repeat(22)} https://open.spotify.com/playlist/${'b'.repeat(22)}`
    expect(messageOf(await saves(ana, says(ben, other))).content).toBe(
      'I can only save single songs. This message links albums and playlists, and no song.',
    )
    const [song] = newSongs(1) as [Song]
    expect(messageOf(await saves(ana, says(ben, `${other} ${linkTo(song)}`))).content).toBe(
      '**1 song** in this message\nI can only save single songs. This message links albums and playlists as well.',
    )
  })

  test('Spotify is down: the songs are shown all the same, and a press says what is wrong', async () => {
    const songs = newSongs(2)
    world.spotify.trouble = { kind: 'server-error' }
    const shown = messageOf(await saves(ana, says(ben, songs.map(linkTo).join(' '))))
    expect(shown.content).toContain("I couldn't check which of them you already have.")
    const failed = messageOf(await ana.presses(shown, 'Save all (2)'))
    world.spotify.trouble = { kind: 'none' }
    expect(failed.content).toMatch(/^I couldn't save these 2 songs\. Spotify/)
    expect(messageOf(await ana.presses(shown, 'Save all (2)')).content).toBe('Saved 2 songs to your liked songs.')
  })

  test('Chiyo is not linked: the button that links her saves the songs, or those that she chooses', async () => {
    const chiyo = world.person('chiyo')
    const songs = newSongs(3)
    const shown = messageOf(await saves(chiyo, says(ben, songs.map(linkTo).join(' '))))
    expect(shown.content).toMatch(
      /You haven't linked Spotify yet\. Use <\/link:\d+>, or this button to save these 3 songs/,
    )
    expect(buttonsOf(shown).map(({ label }) => label)).toEqual(['Link Spotify'])
    const some = messageOf(await chooses(chiyo, shown, idsOf(songs.slice(0, 2))))
    expect(some.content).toContain('to save these 2 songs as well')
    await allows(chiyo, some)
    await becomes(chiyo, some, /^Saved 2 songs to your liked songs\.$/)
    expect(likes(chiyo, songs)).toEqual([true, true, false])
  })

  test('after /unlink nothing is taken back, and the answer has the way to link', async () => {
    const songs = newSongs(2)
    const receipt = messageOf(
      await ana.presses(messageOf(await saves(ana, says(ben, songs.map(linkTo).join(' ')))), 'Save all (2)'),
    )
    await ana.presses(messageOf(await ana.uses('unlink')), 'Unlink')
    const told = messageOf(await ana.presses(receipt, 'Undo'))
    expect(told.content).toMatch(/^You haven't linked Spotify yet/)
    expect(likes(ana, songs)).toEqual([true, true])
    await ana.links()
    // Another connection, without that permission.
    expect(messageOf(await ana.forges(receipt, undoOn(receipt))).content).toMatch(/a new one since then/)
    expect(likes(ana, songs)).toEqual([true, true])
  })

  const says = (player: Player, content: string, embeds?: Message['embeds']): Message =>
    world.discord.say(player.id, music, content, embeds)
  const saves = (player: Player, { id }: Message): Promise<Outcome> => player.uses('Save songs', { target: id })
  const chooses = (player: Player, message: Message, values: readonly string[]): Promise<Outcome> =>
    world.discord.press(player.id, message.id, selectsOf(message)[0]?.id ?? '', values)
  const asked = (before: number): string[] =>
    world.spotify.requests.slice(before).map(({ method, path }) => `${method} ${path}`)

  /** Songs that Ana has not saved, others each time. */
  let pool: Song[] = []
  function newSongs(count: number): Song[] {
    if (pool.length === 0) {
      const hers = new Set(idsOf(songsOf(ana)))
      pool = songsOf(world.person('emil')).filter(({ id, local, episode }) => !hers.has(id) && !local && !episode)
    }
    return pool.splice(0, count)
  }

  async function allows(player: Player, message: Message): Promise<void> {
    let page = await player.browser.visit(buttonsOf(message)[0]?.url ?? '')
    while (page.text.includes('primary"')) page = await player.browser.goOn(page)
  }

  async function becomes(player: Player, { id }: Message, said: RegExp): Promise<Message> {
    const now = () => world.discord.messages(music, player.id).find((one) => one.id === id) ?? expect.unreachable()
    await until(`a message that says ${said}`, () => said.test(now().content))
    return now()
  }
}

const songsOf = ({ spotify }: Player): Song[] => spotify.library.flatMap(({ song }) => song ?? [])
const idsOf = (songs: readonly Song[]): string[] => songs.map(({ id }) => id)
const newest = (player: Player, count: number): string[] => idsOf(songsOf(player).slice(0, count))
const likes = (player: Player, songs: readonly Song[]): boolean[] => {
  const ids = new Set(idsOf(songsOf(player)))
  return songs.map(({ id }) => ids.has(id))
}
const linkTo = ({ id }: Song): string => `https://open.spotify.com/track/${id}`
const rows = ({ embeds }: Message): string[] =>
  embeds.flatMap(({ description }) => String(description).split(/\n(?=\*\*\d)/))
const undoOn = (message: Message): string => buttonsOf(message).find(({ label }) => label === 'Undo')?.custom_id ?? ''

function selectsOf(message: Message) {
  const all = message.components.flatMap(withNested).filter(({ type }) => type === 3)
  return all.map(({ custom_id: id, placeholder, max_values: most, options }) => ({
    ...{ id: String(id), placeholder, most },
    values: (options as { readonly value: string }[]).map(({ value }) => value),
  }))
}
