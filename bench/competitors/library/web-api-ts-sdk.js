import { SpotifyApi } from '@spotify/web-api-ts-sdk'
import { input, measuredPages, signIn } from '../measured.js'

SpotifyApi.rootUrl = `${input.apiUrl}/`
const token = { access_token: await signIn(input), token_type: 'Bearer', expires_in: 3600, refresh_token: '' }
const spotify = SpotifyApi.withAccessToken('app', token)
await measuredPages((offset) => spotify.currentUser.tracks.savedTracks(50, offset))
