import { runConcurrently } from '../../../src/concurrency.ts'
import type { Song } from '../../../src/spotify/parse.ts'
import { input, measured } from '../measured.js'
import { openRooms } from '../rooms.ts'

// The songs alone, as the peers read them: nothing is made ready for searching.
const rooms = await openRooms(input)
await rooms.link(input.account)
const link = await rooms.accounts.get(input.account)
await measured(async () => {
  const offsets = Array.from({ length: 200 }, (_, block) => block * 50)
  const songs: Song[] = []
  await runConcurrently(offsets, 8, async (offset) => {
    const page = await rooms.accounts.withToken(input.account, link, (token, api) => api.savedTracks(token, { offset }))
    songs.push(...page.songs)
  })
  return { songs: songs.length, held: songs }
})
