import { input, measuredPages, signIn } from '../measured.js'

// The reader that every tutorial has.
const headers = { authorization: `Bearer ${await signIn(input)}` }
await measuredPages(async (offset) => {
  const answer = await fetch(`${input.apiUrl}/me/tracks?limit=50&offset=${offset}`, { headers })
  return answer.json()
})
