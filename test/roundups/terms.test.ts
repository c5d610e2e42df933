import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Roundups } from '../../src/roundups/roundups.ts'
import type { Store } from '../../src/store/store.ts'
import { roundupPage, roundupPart } from '../../src/views/roundup.ts'
import { songOf } from '../library/list-fixture.ts'
import { withoutRedis } from '../store/redis-server.ts'
import { english } from '../world/english.ts'
import {
  ana,
  ben,
  createRoundupsFixture,
  friday,
  hour,
  openBackend,
  server,
  type RoundupsFixture,
} from './roundups-fixture.ts'

const cleo = '309174882611200031'
const id = `now-7-terms-${server}`
const liked = (numbers: readonly number[]) =>
  numbers.map((number) => songOf(number, { addedAt: friday - number * hour }))

describe.each(['a file', 'Redis'] as const)('kept in %s', (kind) => {
  describe.skipIf(kind === 'Redis' && withoutRedis())('people who joined with 0.1.0', () => {
    let backend: Awaited<ReturnType<typeof openBackend>>
    let store: Store
    let roundups: Roundups
    let fixture: RoundupsFixture

    beforeEach(async () => {
      backend = await openBackend(kind)
      store = backend.store
      fixture = createRoundupsFixture(store)
      fixture.time = friday
      fixture.songs.set(ana, liked([1, 2, 3, 4, 5, 6, 7, 8, 9]))
      fixture.songs.set(ben, liked([6, 11, 12, 13, 14, 15, 16]))
      fixture.songs.set(cleo, liked([2, 9, 21, 22, 23, 24]))
      roundups = fixture.process()
      await roundups.join(ben, server)
      // As it wrote it.
      for (const person of [ana, cleo]) {
        await store.add(`roundups.${person}`, server)
        await store.add(`roundup.${server}`, person)
      }
    })
    afterEach(() => backend.close())

    test('are shown with what others saved too and their newest three, and nothing else of them is stored', async () => {
      expect(await shown()).toEqual({
        several: [2, 6, 9],
        [ana]: ['1 of 6', '3 of 6', '4 of 6'],
        [ben]: [11, 12, 13, 14, 15, 16].map((number) => `${number} of 7`),
        [cleo]: ['21 of 5', '22 of 5', '23 of 5'],
      })
      expect(await partOf(ana)).toEqual([1, 2, 3, 4, 6, 9])
      expect(await partOf(cleo)).toEqual([2, 9, 21, 22, 23])
      expect(await partOf(ben)).toEqual([6, 11, 12, 13, 14, 15, 16])
      const kept = JSON.stringify([
        await store.get('sheets', `${id}.1`),
        await store.get('roundup-parts', `${id}.${ana}`),
        await store.get('roundup-parts', `${id}.${cleo}`),
      ])
      for (const number of [5, 7, 8, 24]) expect(kept).not.toContain(`"Song ${number}"`)
      expect((await roundups.about(ana)).shown).toHaveLength(6)
    })

    test('and who saved more than two hundred songs is shown with the newest, which is said at their name', async () => {
      const many = Array.from({ length: 205 }, (_, index) => index + 1)
      const songs = many.map((number) => songOf(number, { addedAt: friday - number * 60_000 }))
      for (const person of [ana, ben]) fixture.songs.set(person, person === ben ? songs : songs.slice(0, 1))
      fixture.songs.set(cleo, [])
      const page = await roundups.collect(server, id, 7, () => undefined)
      expect(JSON.stringify(roundupPage(page, english))).toContain(`### <@${ben}> · the newest 200 songs`)
      const last = (await roundups.page(server, id, page.pages)) ?? expect.unreachable()
      expect(JSON.stringify(roundupPage(last, english))).toContain(`### <@${ben}> · the newest 200 songs, continued`)
      const part = (await roundups.personPage(server, id, ben, 2)) ?? expect.unreachable()
      expect(JSON.stringify(roundupPart(part, english))).toContain(`## <@${ben}> · the newest 200 songs`)
      // Nobody else is left of the song that two of them saved.
      await roundups.leave(ana, server)
      const first = (await roundups.page(server, id, 1)) ?? expect.unreachable()
      expect(JSON.stringify(roundupPage(first, english))).toContain(`### <@${ben}> · the newest 200 songs`)
      // Three are no claim to be all.
      fixture.songs.set(cleo, songs)
      await roundups.leave(ben, server)
      const fewer = await roundups.collect(server, id, 7, () => undefined)
      expect(JSON.stringify(roundupPage(fewer, english))).toContain(`### <@${cleo}> · 3 songs`)
    })

    test('are shown with everything once they agree, in that server, and not when they have left', async () => {
      expect([await roundups.showsAll(ana, server), await roundups.showsAll(ben, server)]).toEqual([false, true])
      await roundups.join(ana, server)
      expect(await roundups.about(ana)).toMatchObject({ takesPartIn: [server], showsAllIn: [server], leaving: [] })
      expect((await shown())[ana]).toEqual([1, 3, 4, 5, 7, 8].map((number) => `${number} of 9`))
      expect(await partOf(ana)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
      await roundups.leave(ana, server)
      expect(await roundups.showsAll(ana, server)).toBe(false)
      await roundups.runRemovals(new AbortController().signal)
      expect(await store.members(`roundups.${ana}`)).toEqual([])
    })

    test('have joined as they were told with a button of its, and stay as they are where they agreed before', async () => {
      await roundups.leave(ana, server)
      await roundups.join(ana, server, false)
      expect([await roundups.takesPart(ana, server), await roundups.showsAll(ana, server)]).toEqual([true, false])
      await roundups.join(ben, server, false)
      expect(await roundups.showsAll(ben, server)).toBe(true)
      // What a process has left that died over a leave.
      await store.add(`roundups.${cleo}`, `whole.${server}`)
      await store.remove(`roundups.${cleo}`, server)
      expect(await roundups.showsAll(cleo, server)).toBe(false)
      await roundups.join(cleo, server, false)
      expect(await roundups.showsAll(cleo, server)).toBe(false)
    })

    test('leave no byte when they unlink, also where a leave has died', async () => {
      await roundups.join(ana, server)
      await roundups.forget(ana)
      await store.add(`roundups.${cleo}`, `whole.${server}`)
      await store.remove(`roundups.${cleo}`, server)
      await roundups.forget(cleo)
      for (const person of [ana, cleo]) expect(await store.members(`roundups.${person}`)).toEqual([])
      expect(await store.members(`roundup.${server}`)).toEqual([ben])
    })

    /** By heading the numbers of the songs on all pages. */
    async function shown() {
      const found: Record<string, (string | number)[]> = {}
      const first = await roundups.collect(server, id, 7, () => undefined)
      for (let page = 1; page <= first.pages; page += 1)
        for (const { song, savers, of = 0 } of (await roundups.page(server, id, page))?.rows ?? []) {
          const number = Number(song.title.slice('Song '.length))
          const [heading, entry] =
            savers.length > 1 ? ['several', number] : [savers[0]?.person ?? '', `${number} of ${of}`]
          found[heading] = [...(found[heading] ?? []), entry]
        }
      found['several']?.sort((a, b) => Number(a) - Number(b))
      return found
    }

    async function partOf(person: string): Promise<number[]> {
      const part = await roundups.personPage(server, id, person, 1)
      return (part?.rows ?? []).map(({ song }) => Number(song.title.slice('Song '.length)))
    }
  })
})
