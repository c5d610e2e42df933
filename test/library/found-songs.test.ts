import { expect, test } from 'vitest'
import type { App } from '../../src/context.ts'
import type { FoundPage, SearchProgress } from '../../src/library/library.ts'
import { foundPage, wordsFilter } from '../../src/library/search.ts'
import { createPacker } from '../../src/library/packed-songs.ts'
import { BudgetError, SpotifyDownError } from '../../src/spotify/errors.ts'
import { foundSongs } from '../../src/views/song-messages.ts'
import type { ViewContext } from '../../src/views/song-list.ts'
import { english } from '../world/english.ts'
import { songsOf } from './list-fixture.ts'

const pack = createPacker()(songsOf(30))
const old = foundPage([{ pack, from: 0, to: 30 }], wordsFilter('song'), { offset: 0 }, 1_000_000)
const context: ViewContext = {
  request: { owner: '80351110224678912', viewer: '80351110224678912' } as ViewContext['request'],
  author: undefined,
  logoUrl: undefined,
  t: english,
  ephemeral: true,
}

/** What Ana reads of a search that was answered so. */
async function shown(answer: FoundPage | SearchProgress, attempt = 1) {
  const app = { access: async () => answer } as unknown as App
  const { embeds = [], continueWith } = await foundSongs(app, context, { query: 'song' }, attempt)
  return { text: JSON.stringify(embeds), goesOn: continueWith !== undefined }
}

test('songs of a library that is brought up to date say as of when they are, and that more comes', async () => {
  const done = Promise.resolve({ failure: undefined })
  const { text, goesOn } = await shown({ read: 30, total: 30, until: undefined, found: old, done })
  expect(text).toMatch(/Bringing the library up to date\..*As of <t:1000:R>\./)
  expect(text).not.toContain("isn't working")
  expect(goesOn).toBe(true)
})

test('where it could not be, they say why: the day, or Spotify', async () => {
  const day = await shown({ ...old, failure: new BudgetError(Date.now(), 20, 3) })
  expect(day.text).toMatch(/As of <t:1000:R>\. Going through all of these songs takes about 20 requests/)
  expect(day.text).not.toContain("isn't working")
  const down = await shown({ ...old, failure: new SpotifyDownError('500') })
  expect(down.text).toContain("As of <t:1000:R>. Spotify isn't working properly right now.")
  expect([day.goesOn, down.goesOn]).toEqual([false, false])
})

test('where it takes too long, they say so, and blame nobody', async () => {
  const done = Promise.resolve({ failure: undefined })
  const { text, goesOn } = await shown({ read: 30, total: 30, until: undefined, found: old, done }, 100)
  expect(text).toMatch(/Bringing the library up to date\. Please search again in a while\..*As of <t:1000:R>\./)
  expect(text).not.toContain("isn't working")
  expect(goesOn).toBe(false)
})

test('songs that the day left no room for are not said to be withheld by Spotify', async () => {
  const larger = { ...old, library: old.library + 5 }
  const day = await shown({ ...larger, failure: new BudgetError(Date.now(), 20, 3) })
  expect(day.text).not.toContain('could not be read')
  const down = await shown({ ...larger, failure: new SpotifyDownError('500') })
  expect(down.text).toContain('5 songs could not be read: Spotify did not send them.')
})
