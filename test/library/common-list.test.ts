import { expect, test, vi } from 'vitest'
import type { AccessRequest } from '../../src/access.ts'
import type { App } from '../../src/context.ts'
import { createCommonSongs } from '../../src/library/common-songs.ts'
import { createPacker } from '../../src/library/packed-songs.ts'
import type { WholeLibrary } from '../../src/library/whole-library.ts'
import { BudgetError, SpotifyDownError } from '../../src/spotify/errors.ts'
import { commonSongs, songsInCommon } from '../../src/views/common-list.ts'
import { english } from '../world/english.ts'
import { songsOf } from './list-fixture.ts'

const [ana, ben] = ['80351110224678912', '218430562115657728']
const requestOf = (owner: string): AccessRequest => ({ viewer: ana, owner, server: '1', ownerName: '' })
const context = { request: requestOf(ben), author: undefined, logoUrl: undefined, t: english, ephemeral: false }
const pack = createPacker()(songsOf(240))
const whole: WholeLibrary = { segments: [{ pack, from: 0, to: 240 }], asOf: undefined, isPartial: false }
/** The newest of a library of 240, of which no more is known. */
const part = (known: number): WholeLibrary => ({
  segments: [
    { pack, from: 0, to: known },
    { pack: undefined, from: 0, to: 240 - known },
  ],
  asOf: undefined,
  isPartial: true,
})
const done = new Promise<never>(() => undefined)

function appOf(libraries: Readonly<Record<string, WholeLibrary>>) {
  type Look = (person: string, begun?: unknown) => Promise<WholeLibrary>
  const look = vi.fn<Look>(async (person) => libraries[person] ?? expect.unreachable())
  const app = {
    accounts: { get: async (person: string) => ({ id: person }) },
    access: async (_: AccessRequest, show: (library: object) => Promise<unknown>) => show({ whole: look }),
    library: { compare: createCommonSongs() },
  } as unknown as App
  return { app, look }
}

const shown = async (app: App) => {
  const { embeds = [], components = [], continueWith } = await commonSongs(app, context, requestOf(ana))
  const { description = '', footer } = embeds[0] ?? {}
  return { description, footer: footer?.text, components, continueWith }
}

test('while both libraries are read, it says how far each is, and has no buttons', async () => {
  const reading = { read: 120, total: 240, until: undefined, done }
  const { app } = appOf({ [ana]: { ...part(120), reading }, [ben]: { ...part(60), reading: { ...reading, read: 60 } } })
  const { description, footer, components, continueWith } = await shown(app)
  expect(description).toContain(`-# <@${ana}>: Still searching: 120 of 240 songs.\n`)
  expect(description).toContain(`-# <@${ben}>: Still searching: 60 of 240 songs.`)
  expect(footer).toBe('60 songs found so far · Spotify')
  expect([components.length, continueWith !== undefined]).toEqual([0, true])
})

test('a library that could not be read to its end says so by its owner, and is not begun again while the other is read', async () => {
  const failure = new SpotifyDownError('500')
  const reading = { read: 200, total: 240, until: undefined, done }
  const { app, look } = appOf({ [ana]: { ...part(200), reading }, [ben]: { ...part(150), failure } })
  const { description, continueWith } = await shown(app)
  expect(description).toContain(`-# <@${ben}>: Searched 150 of 240 songs. Spotify isn't working properly right now.`)
  await continueWith?.()
  const [, [, anas] = [], [, bens] = []] = look.mock.calls.slice(1)
  expect(anas).toBe(done)
  expect(await bens).toEqual({ failure })
})

test('where next to nothing was read, it is told as the failure that it is', async () => {
  const failure = new BudgetError(Date.now(), 20, 3)
  await expect(shown(appOf({ [ana]: whole, [ben]: { ...part(50), failure } }).app)).rejects.toBe(failure)
})

test('libraries as they were some time ago say when that was', async () => {
  const { app } = appOf({ [ana]: { ...whole, asOf: 2_000_000, failure: new SpotifyDownError('500') }, [ben]: whole })
  expect((await shown(app)).description).toContain("As of <t:2000:R>. Spotify isn't working properly right now.")
})

test('songs that Spotify does not send are counted', async () => {
  const { app } = appOf({ [ana]: { ...part(200), isPartial: false }, [ben]: whole })
  expect((await shown(app)).description).toContain('40 songs could not be read: Spotify did not send them.')
})

test('the newest of them are at hand for something that is made of them', async () => {
  const { app } = appOf({ [ana]: whole, [ben]: part(120) })
  const told = vi.fn<() => void>()
  const { songs, unread } = await songsInCommon(app, [requestOf(ana), requestOf(ben)], 100, told)
  expect([unread, told.mock.calls]).toEqual([120, []])
  expect(songs.map(({ uri }) => uri)).toEqual(
    songsOf(240)
      .map(({ uri }) => uri)
      .slice(0, 100),
  )
})
