import { runConcurrently } from '../../../src/concurrency.ts'
import type { Song } from '../../../src/spotify/parse.ts'
import { openLibrary } from '../../library.ts'
import { input, measured } from '../measured.js'

// The songs alone, as the peers read them: nothing is made ready for searching.
const { accounts, link } = await openLibrary(input)
await link(input.account)
const known = await accounts.get(input.account)
await measured(async () => {
  const offsets = Array.from({ length: 200 }, (_, block) => block * 50)
  const songs: Song[] = []
  await runConcurrently(offsets, 8, async (offset) => {
    const page = await accounts.withToken(input.account, known, (token, api) =>
      api.savedTracks(token, { offset, purpose: 'page' }),
    )
    songs.push(...page.songs)
  })
  return { songs: songs.length, held: songs }
})
