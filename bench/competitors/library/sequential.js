import { input, measured, signIn } from '../measured.js'

// The reader that every tutorial has: one page after the other, until there are no more.
const token = await signIn(input)
await measured(async () => {
  const songs = []
  for (;;) {
    const url = `${input.apiUrl}/me/tracks?limit=50&offset=${songs.length}`
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    const page = await answer.json()
    songs.push(...page.items)
    if (page.next === null) return { songs: songs.length, held: songs }
  }
})
