import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import {
  buttonsOf,
  footerOf,
  messageOf,
  rowsOf,
  startWorld,
  textsOf,
  unhurried,
  type Player,
  type World,
} from '../world/world.ts'

describe.each([
  ['gateway', 'a file'],
  ['http', 'Redis'],
] as const)('over the %s, with %s', (way, store) => {
  let world: World
  let redis: RedisServer | undefined
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    if (store === 'Redis' && withoutRedis()) return
    redis = store === 'Redis' ? await startRedis() : undefined
    world = await startWorld(redis ? { REDIS_URL: redis.url } : {}, way, unhurried)
    ;[ana, ben] = [world.person('ana'), world.person('ben')]
    for (const player of [ana, ben, world.person('dara')]) await player.links()
  })
  afterAll(async () => {
    await world?.stop()
    await redis?.stop()
  })
  beforeEach((context) => context.skip(store === 'Redis' && withoutRedis()))

  const channel = channels[0]?.id ?? ''
  const descriptionOf = ({ embeds }: Message): string => (embeds[0]?.['description'] as string | undefined) ?? ''
  const asked = (player: Player): number =>
    world.spotify.requests.filter(({ path, accountId }) => path === '/v1/me/tracks' && accountId === player.spotify.id)
      .length
  /** What takes the place of an answer once a whole library has been read. */
  const finished = async (player: Player, first: Message, isOver: (message: Message) => boolean): Promise<Message> => {
    const now = () => world.discord.messages(first.channelId, player.id).find(({ id }) => id === first.id) ?? first
    await expect.poll(() => isOver(now())).toBe(true)
    return now()
  }
  const uses = async (player: Player, command: string, options: Record<string, string> = {}): Promise<Message> => {
    const first = messageOf(await player.uses(command, options))
    return finished(player, first, (message) => /^Page \d/.test(footerOf(message)))
  }
  const numbersIn = (message: Message): number[] =>
    rowsOf(message).map((row) => Number(/^\*\*([\d,]+)\./.exec(row)?.[1]?.replace(',', '')))
  const numbersOf = (player: Player, isWanted: (saved: Player['spotify']['library'][number]) => boolean): number[] => {
    const { library } = player.spotify
    return library.flatMap((saved, index) => (isWanted(saved) ? [library.length - index] : []))
  }
  /** The values and labels of a select under a message. */
  const choicesIn = (message: Message): string[] =>
    JSON.stringify(message.components).includes('"placeholder":"More…"')
      ? [
          ...JSON.stringify(message.components).matchAll(
            /"label":"([^"]*)","value":"(?:playlist|memories|random|file)"/g,
          ),
        ].map(([, label = '']) => label)
      : []

  test('Ana chooses an artist of a page that she has seen, and turns all songs by them, by their numbers', async () => {
    const suggested = (artist: string) => world.discord.complete(ana.id, channel, 'liked artist', { artist }, 'artist')
    expect(await suggested(' the ')).toEqual([{ name: 'Press Enter to search all your songs', value: 'the' }])
    await ana.uses('liked recent')
    const [artist = ''] = ana.spotify.library[3]?.song?.artists ?? []
    const choices = await suggested(artist.slice(0, 3).toUpperCase())
    expect(choices).toContainEqual({ name: artist, value: artist })
    expect(asked(ana)).toBe(1)
    const theirs = numbersOf(ana, ({ song }) => song?.artists.includes(artist) === true)
    const shown = await uses(ana, 'liked artist', { artist })
    expect(descriptionOf(shown)).toMatch(`Liked songs by ${artist}\n\n`)
    expect(numbersIn(shown)).toEqual(theirs.slice(0, 10))
    expect(footerOf(shown)).toMatch(`· ${theirs.length} song`)
    expect(asked(ana)).toBeLessThanOrEqual(64)
    const same = await uses(ana, 'liked artist', { artist: ` ${artist.toLowerCase()} ` })
    expect(numbersIn(same)).toEqual(theirs.slice(0, 10))
    if (theirs.length > 10) expect(numbersIn(messageOf(await ana.presses(shown, 'Next')))).toEqual(theirs.slice(10, 20))
  })

  test('where nobody is called so, artists with these words in their names are shown, and the heading says so', async () => {
    const artists = ana.spotify.library.flatMap(({ song }) => song?.artists ?? [])
    const artist = artists.find((name) => name.includes(' ')) ?? ''
    const [word = ''] = artist.split(' ').toSorted((one, other) => other.length - one.length)
    const shown = await uses(ana, 'liked artist', { artist: word })
    expect(descriptionOf(shown)).toContain(`Liked songs by artists with “${word}” in their names\n\n`)
    const hold = numbersOf(
      ana,
      ({ song }) => song?.artists.some((name) => name.toLowerCase().includes(word.toLowerCase())) === true,
    )
    expect(numbersIn(shown)).toEqual(hold.slice(0, 10))
    const nobody = await uses(ana, 'liked artist', { artist: 'zzzzqqq' })
    expect(descriptionOf(nobody)).toContain('I found no liked song by an artist with this name.')
    expect(messageOf(await ana.uses('liked artist', { artist: '…' })).content).toContain('Which artist?')
  })

  test('memories have their years above them, the newest first, and cost a few requests where nothing is in hand', async () => {
    const today = new Date()
    const isLeapDay = today.getUTCMonth() === 1 && today.getUTCDate() === 29
    const [latest = 0, earlier = 0] = [1, 2].map((years) => (isLeapDay ? 4 * years : years))
    const back = (years: number): number =>
      Date.UTC(today.getUTCFullYear() - years, today.getUTCMonth(), today.getUTCDate(), 12)
    const [one, ...more] = ben.spotify.library
    const songs = [
      ...(one ? [{ ...one, addedAt: back(earlier) }] : []),
      ...more.slice(0, 12).map((saved) => ({ ...saved, addedAt: back(latest) })),
    ]
    const chiyo = world.person('chiyo')
    await chiyo.links()
    // What is shown at the end of February, and when, is in the tests of the format.
    const others = chiyo.spotify.library.filter(({ addedAt }) => !/-02-2[89]T/.test(new Date(addedAt).toISOString()))
    chiyo.spotify.library = [...others, ...songs].toSorted((some, other) => other.addedAt - some.addedAt)
    const shown = await uses(chiyo, 'liked memories')
    expect(asked(chiyo)).toBeLessThanOrEqual(20)
    const id = buttonsOf(shown).find(({ label }) => label === 'Refresh')?.custom_id ?? ''
    const date = /\.m:(\d{4}-\d\d-\d\d)$/.exec(id)?.[1] ?? expect.unreachable(id)
    const wanted = numbersOf(chiyo, ({ addedAt }) => {
      const at = new Date(addedAt).toISOString().slice(0, 10)
      return at.slice(4) === date.slice(4) && at < date
    })
    const name = new Date(date).toLocaleDateString('en-US', { month: 'long', day: 'numeric', timeZone: 'UTC' })
    expect(descriptionOf(shown)).toMatch(
      `Liked on ${name} in earlier years\n\n### ${Number(date.slice(0, 4)) - latest}\n**`,
    )
    expect(numbersIn(shown)).toEqual(wanted.slice(0, 10))
    // Refresh goes on where one answer could not look through all years.
    let last = shown
    for (let press = 0; press < 5 && descriptionOf(last).includes("haven't looked"); press += 1) {
      const before = asked(chiyo)
      last = messageOf(await chiyo.presses(last, 'Refresh'))
      expect(asked(chiyo) - before).toBeLessThanOrEqual(20)
    }
    expect(footerOf(last)).toMatch(`· ${wanted.length} songs found`)
    const before = asked(chiyo)
    const next = messageOf(await chiyo.presses(last, 'Next'))
    expect(numbersIn(next)).toEqual(wanted.slice(10, 20))
    const years = [...`${descriptionOf(last)}\n${descriptionOf(next)}`.matchAll(/^### (\d{4})$/gm)].map(([, year]) =>
      Number(year),
    )
    expect(years).toEqual(years.toSorted((some, other) => other - some))
    expect(years).toContain(Number(date.slice(0, 4)) - earlier)
    expect(asked(chiyo)).toBe(before)
    // What is in hand makes them cheap.
    await uses(chiyo, 'liked search', { query: 'love' })
    const read = asked(chiyo)
    expect(numbersIn(await uses(chiyo, 'liked memories'))).toEqual(wanted.slice(0, 10))
    expect(asked(chiyo)).toBe(read)
  })

  test('a day without songs is told warmly, also to somebody whose library is new', async () => {
    const told = await uses(world.person('dara'), 'liked memories')
    expect(descriptionOf(told)).toContain('No song was liked on this day in earlier years. Tomorrow may have some')
    expect(descriptionOf(told)).toMatch(/<\/liked when:\d+>/)
    const forged = (await uses(ana, 'liked memories')).components
    expect(JSON.stringify(forged)).toContain('.m:')
    const page = messageOf(await ana.uses('liked recent'))
    const owner = BigInt(ana.id).toString(36)
    for (const date of ['9999-01-01', '2023', 'x', '2023-02-30'])
      expect(messageOf(await ana.forges(page, `liked:2:${owner}:0::r.m:${date}`)).content).toMatch(
        /know this button|date|no such day/,
      )
  })

  test('Ana exports all her songs as CSV and as JSON, for her alone', async () => {
    const first = messageOf(await ana.uses('liked export'))
    const shown = await finished(ana, first, ({ attachments }) => attachments.length > 0)
    expect(shown.ephemeral).toBe(true)
    expect(shown.content).toBe('Your 3,120 liked songs as a file, the newest first.')
    const [file] = shown.attachments
    expect(file?.name).toMatch(/^liked-songs-\d{4}-\d\d-\d\d\.csv$/)
    const lines = file?.text.split('\r\n') ?? []
    expect(lines[0]).toBe('\uFEFFnumber,title,artists,album,liked at,link,uri')
    expect(lines).toHaveLength(3122)
    const [newest] = ana.spotify.library
    expect(lines[1]).toMatch(/^3120,/)
    expect(lines[1]).toMatch(
      `,${new Date(newest?.addedAt ?? 0).toISOString().replace('.000', '')},https://open.spotify.com/track/${newest?.song?.id},`,
    )
    const json = await finished(
      ana,
      messageOf(await ana.uses('liked export', { format: 'json' })),
      ({ attachments }) => attachments.length > 0,
    )
    const list = JSON.parse(json.attachments[0]?.text ?? '') as Record<string, unknown>[]
    expect(list.map(({ uri }) => uri)).toEqual(ana.spotify.library.map(({ song }) => `spotify:track:${song?.id}`))
    expect(list.at(-1)).toMatchObject({ number: 1 })
    expect(asked(ana)).toBeLessThanOrEqual(70)
    const seen = world.discord.messages(channel, ben.id).flatMap(({ attachments }) => attachments)
    expect(seen).toEqual([])
  })

  test('what Discord takes in no single file comes in parts, also in more messages than one', async () => {
    const usual = world.discord.attachmentSizeLimit
    onTestFinished(() => void (world.discord.attachmentSizeLimit = usual))
    world.discord.attachmentSizeLimit = 45_000
    const before = new Set(world.discord.messages(channel, ana.id).map(({ id }) => id))
    await ana.uses('liked export')
    const parts = () =>
      world.discord.messages(channel, ana.id).filter(({ id, attachments }) => !before.has(id) && attachments.length > 0)
    await expect.poll(() => parts().length).toBe(2)
    const files = parts().flatMap(({ attachments }) => attachments)
    expect(parts().map(({ ephemeral }) => ephemeral)).toEqual([true, true])
    expect(parts()[0]?.content).toContain(`\nParts 1 to 10 of ${files.length}, because Discord takes no larger files.`)
    expect(parts()[1]?.content).toMatch(new RegExp(`^Parts? .*of ${files.length}`))
    for (const { text } of files) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(45_000)
    expect(files[0]?.name).toMatch(new RegExp(`-part-1-of-${files.length}\\.csv$`))
    expect(
      files.flatMap(({ text }) => text.split('\r\n').slice(1, -1)).map((line) => Number(line.split(',', 1)[0])),
    ).toEqual(Array.from({ length: 3120 }, (_, index) => 3120 - index))
  })

  test('where Spotify withholds songs, the file says how many are missing; without songs there is none', async () => {
    onTestFinished(() => void (world.spotify.trouble = { kind: 'none' }))
    const emil = world.person('emil')
    await emil.links()
    emil.spotify.library = emil.spotify.library.slice(0, 900)
    world.spotify.trouble = { kind: 'broken-pages', from: 100, to: 200 }
    const shown = await finished(
      emil,
      messageOf(await emil.uses('liked export')),
      ({ attachments }) => attachments.length > 0,
    )
    expect(shown.content).toBe(
      'Your 800 liked songs as a file, the newest first.\n100 songs could not be read: Spotify did not send them.',
    )
    expect(shown.attachments[0]?.text.split('\r\n')).toHaveLength(802)
    const none = messageOf(await world.person('dara').uses('liked export'))
    expect([none.content, none.attachments]).toEqual([expect.stringContaining('No liked songs yet'), []])
  })

  test('More… under a list acts for the one who chooses, at once and privately', async () => {
    const page = messageOf(await ana.uses('liked recent'))
    expect(choicesIn(page)).toEqual([
      ...['A playlist of my newest liked songs', 'This day in earlier years', 'A random song'],
      'My liked songs as a file',
    ])
    expect(choicesIn(messageOf(await ana.uses('liked when', { date: '2025' })))).toHaveLength(4)
    const choose = async (player: Player, value: string) =>
      messageOf(await world.discord.press(player.id, page.id, 'More…', [value]))
    const memories = await choose(ana, 'memories')
    expect([memories.ephemeral, descriptionOf(memories)]).toEqual([true, expect.stringContaining('in earlier years')])
    const random = await choose(ben, 'random')
    expect([random.ephemeral, textsOf(random)[0]]).toEqual([true, '**Ben**'])
    const file = await finished(ben, await choose(ben, 'file'), ({ attachments }) => attachments.length > 0)
    expect([file.ephemeral, file.attachments[0]?.text.split('\r\n')]).toEqual([
      true,
      expect.objectContaining({ length: 44 }),
    ])
    const unlinked = await choose(world.person('fay'), 'file')
    expect(unlinked.content).toContain("You haven't linked Spotify yet")
    expect(world.discord.messages(channel, ana.id).find(({ id }) => id === page.id)).toEqual(page)
    expect(messageOf(await ana.forges(page, 'liked:more')).content).toContain('know this button')
  })

  test('a library that takes long is counted up in the same message, which becomes the file', async () => {
    const emil = world.person('emil')
    onTestFinished(() => void (world.spotify.trouble = { kind: 'none' }))
    await emil.uses('unlink').then(async (outcome) => emil.presses(messageOf(outcome), 'Unlink'))
    await emil.links()
    emil.spotify.library = emil.spotify.library.slice(0, 400)
    world.spotify.trouble = { kind: 'slow', delay: 2 }
    const lines = new Set<string>()
    const stop = world.discord.onChange(() => {
      const [line] =
        /Reading your library: [\d,]+ of 400 songs\./.exec(
          world.discord.messages(channel, emil.id).at(-1)?.content ?? '',
        ) ?? []
      if (line) lines.add(line)
    })
    const first = messageOf(await emil.uses('liked export'))
    const shown = await finished(emil, first, ({ attachments }) => attachments.length > 0)
    stop()
    expect(shown.content).toMatch(/^Your 400 liked songs/)
    expect(lines.size).toBeGreaterThan(0)
  })
})
