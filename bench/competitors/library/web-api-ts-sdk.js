import { SpotifyApi } from '@spotify/web-api-ts-sdk'
import { input, measured, signIn } from '../measured.js'

SpotifyApi.rootUrl = `${input.apiUrl}/`
const token = { access_token: await signIn(input), token_type: 'Bearer', expires_in: 3600, refresh_token: '' }
const spotify = SpotifyApi.withAccessToken('app', token)
await measured(async () => {
  const songs = []
  for (;;) {
    const page = await spotify.currentUser.tracks.savedTracks(50, songs.length)
    songs.push(...page.items)
    if (page.next === null) return { songs: songs.length, held: songs }
  }
})
