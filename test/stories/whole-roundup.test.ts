import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withNested } from '../../sandbox/discord/limits/layout.ts'
import type { Message } from '../../sandbox/discord/discord.ts'
import type { Saved } from '../../sandbox/spotify/spotify.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { textOf } from '../world/message-text.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, footerOf, messageOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const hour = 60 * 60 * 1000
const several = 'several'

/** A song on a page: under whose heading, and who saved it by its small print. */
interface Shown {
  readonly song: string
  readonly heading: string
  readonly savers: readonly string[]
}

describe.each(['a file', 'Redis'] as const)('kept in %s', (backend) => {
  describe.skipIf(backend === 'Redis' && withoutRedis())('what four people saved in a week', () => {
    let redis: RedisServer | undefined
    let world: World
    let four: Player[]
    let post: Message
    /** Of each song of the week the people who saved it, in that order. */
    const wanted = new Map<string, string[]>()
    const strangers = new Set<string>()

    beforeAll(async () => {
      redis = backend === 'Redis' ? await startRedis() : undefined
      world = await startWorld(redis ? { REDIS_URL: redis.url } : {}, 'gateway', unhurried)
      const [ana, ben, chiyo, emil, fay] = ['ana', 'ben', 'chiyo', 'emil', 'fay'].map(world.person)
      four = [ana, ben, chiyo, emil].map(there)
      const pool = there(emil).spotify.library.map(({ song }) => song)
      const lately = (from: number, count: number, firstHour: number): Saved[] =>
        pool
          .slice(from, from + count)
          .map((song, index) => ({ song, addedAt: Date.now() - (firstHour + index) * hour }))
      const before = lately(500, 30, 8 * 24)
      // Ana's first three are Ben's too, and two of them Chiyo's.
      there(ana).spotify.library = [...lately(0, 14, 1), ...before]
      there(ben).spotify.library = [...lately(0, 3, 20), ...lately(100, 8, 30), ...before]
      there(chiyo).spotify.library = [...lately(1, 2, 40), ...lately(200, 33, 50), ...before]
      there(emil).spotify.library = [...lately(300, 2, 60), ...before]
      // Who has joined and leaves again.
      there(fay).spotify.library = lately(400, 5, 2)
      for (const { id, spotify } of four)
        for (const { song, addedAt } of spotify.library)
          if (song && addedAt > Date.now() - 7 * 24 * hour)
            wanted.set(song.id, [...(wanted.get(song.id) ?? []), `${addedAt} ${id}`])
      for (const savers of wanted.values()) savers.sort()
      for (const { song } of [...there(fay).spotify.library, ...before]) strangers.add(song?.id ?? '')

      for (const player of [...four, there(fay)]) {
        await player.links()
        await player.presses(messageOf(await player.uses('roundup join')), 'Join roundups')
      }
      await there(fay).uses('roundup leave')
      post = messageOf(await collected(world, there(ana), await there(ana).uses('roundup now', { days: 7 })))
    })
    afterAll(async () => {
      await world.stop()
      await redis?.stop()
    })

    test('is on the public pages, each song once, with everybody who saved it, and nothing of anybody else', async () => {
      const pages = await turnAll(there(four[1]), post)
      const shown = pages.flatMap(songsOn)
      expect(shown.map(({ song }) => song).toSorted()).toEqual([...wanted.keys()].toSorted())
      for (const { song, heading, savers } of shown)
        expect(heading === several ? savers : [heading]).toEqual(idsOf(wanted.get(song)))
      expect(shown.filter(({ song }) => strangers.has(song))).toEqual([])
      const before = new Set<string>()
      for (const page of pages) {
        const headings = textOf(page).match(/^### .*$/gm) ?? []
        const people = headings.map((heading) => /<@\d+>/.exec(heading)?.[0] ?? several)
        expect(new Set(people).size).toBe(people.length)
        for (const [index, person] of people.entries()) {
          if (person !== several) expect(headings[index]?.endsWith(', continued')).toBe(before.has(person))
          before.add(person)
        }
        expect(footerOf(page)).toMatch(/ · 4 members · Spotify$/)
      }
    })

    test('begins with what several saved, then the newest five of each, before anybody’s sixth', async () => {
      const shown = (await turnAll(there(four[2]), post)).flatMap(songsOn)
      const headings = shown.map(({ heading }) => heading)
      expect(headings.slice(0, 3)).toEqual([several, several, several])
      expect(headings.slice(3)).not.toContain(several)
      const first = shown.slice(3, 3 + 5 + 5 + 5 + 2).map(({ heading }) => heading)
      const counts = four.map(({ id }) => first.filter((heading) => heading === id).length)
      expect(counts).toEqual([5, 5, 5, 2])
    })

    test('is behind See all of each person, alone and private, for whoever presses', async () => {
      const presser = there(four[3])
      for (const { id } of four) {
        const own = [...wanted].filter(([, savers]) => idsOf(savers).includes(id)).map(([song]) => song)
        const label = `See all ${own.length}`
        // Both of Emil's are on one page.
        if (own.length === 2) continue
        const part = messageOf(await presser.presses(await withButton(presser, label), label))
        expect(part.ephemeral).toBe(true)
        expect(textOf(part)).toMatch(new RegExp(`^## <@${id}> · ${own.length} songs\\n`))
        const parts = await turnAll(presser, part)
        expect(
          parts
            .flatMap(songsOn)
            .map(({ song }) => song)
            .toSorted(),
        ).toEqual(own.toSorted())
      }
    })

    test('has each cover beside a song that its text names', async () => {
      for (const page of await turnAll(there(four[0]), post)) {
        const sections = page.components.flatMap(withNested).filter(({ type }) => type === 9)
        const covers = sections.flatMap(({ components, accessory }) => {
          const { type, description } = accessory as { type: number; description?: string }
          return type === 11 ? [{ text: JSON.stringify(components), description }] : []
        })
        expect(covers.length).toBeLessThanOrEqual(4)
        for (const { text, description } of covers)
          expect(text).toContain(/^Cover of (.*?) by /.exec(description ?? '')?.[1] ?? 'nothing')
      }
    })

    test('is turned by typing a page as well, in public and in somebody’s part', async () => {
      const presser = there(four[1])
      const first = await toFirst(presser, post)
      const typed = messageOf(await presser.submits(await presser.presses(first, place(first)), { page: '3' }))
      expect(footerOf(typed)).toMatch(/^Page 3 of /)
      const part = messageOf(await presser.presses(await withButton(presser, 'See all 35'), 'See all 35'))
      const last = messageOf(await presser.submits(await presser.presses(part, place(part)), { page: '999' }))
      expect(footerOf(last)).toBe('Page 4 of 4 · Spotify')
    })

    test('of somebody who has left is neither on the pages nor behind the button that is still on a screen', async () => {
      const presser = there(four[1])
      const page = await withButton(presser, 'See all 35')
      const old = there(buttonsOf(page).find(({ label }) => label === 'See all 35')).custom_id ?? ''
      await there(four[2]).uses('roundup leave')
      const told = messageOf(await presser.forges(page, old))
      expect(told).toMatchObject({ ephemeral: true })
      expect(told.content).toBe(`<@${there(four[2]).id}>'s songs are no longer in this roundup.`)
      const shown = (await turnAll(presser, await toFirst(presser, post))).flatMap(songsOn)
      const left = [...wanted].filter(([, savers]) => idsOf(savers).some((id) => id !== there(four[2]).id))
      expect(shown.map(({ song }) => song).toSorted()).toEqual(left.map(([song]) => song).toSorted())
    })

    /** Every page from the first on, by pressing First and Next for as long as they can be pressed. */
    async function turnAll(player: Player, message: Message): Promise<Message[]> {
      const pages = [await toFirst(player, message)]
      for (;;) {
        const page = there(pages.at(-1))
        if (!canPress(page, 'Next')) return pages
        pages.push(messageOf(await player.presses(page, 'Next')))
      }
    }

    async function toFirst(player: Player, message: Message): Promise<Message> {
      const now = world.discord.messages(message.channelId, player.id).find(({ id }) => id === message.id) ?? message
      return canPress(now, 'First') ? messageOf(await player.presses(now, 'First')) : now
    }

    /** The first page that has it. */
    async function withButton(player: Player, wanted: string): Promise<Message> {
      let page = await toFirst(player, post)
      while (!canPress(page, wanted)) page = messageOf(await player.presses(page, 'Next'))
      return page
    }
  })
})

function canPress(message: Message, wanted: string): boolean {
  return buttonsOf(message).some(({ label, disabled }) => label === wanted && !disabled)
}

function place(message: Message): string {
  return there(buttonsOf(message).find(({ label }) => / \/ /.test(label))).label
}

/** The songs on a page in their order, as people read them. */
function songsOn(message: Message): Shown[] {
  const shown: Shown[] = []
  let heading = ''
  const lines = textOf(message).split('\n')
  for (const [index, line] of lines.entries()) {
    if (line === '### Saved by several') heading = several
    else if (line.startsWith('##')) heading = /<@(\d+)>/.exec(line)?.[1] ?? ''
    const [, song] = /\]\(https:\/\/open\.spotify\.com\/track\/(\w{22})\)/.exec(line) ?? []
    const savers = [...(lines[index + 1] ?? '').matchAll(/<@(\d+)>/g)].map(([, id]) => id ?? '')
    if (song) shown.push({ song, heading, savers })
  }
  return shown
}

/** Without the times by which they were sorted. */
function idsOf(savers: readonly string[] = []): string[] {
  return savers.map((saver) => saver.split(' ')[1] ?? '')
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('Nobody and nothing is there')
  return value
}
