import { createRequire } from 'node:module'
import { input, measuredPages, signIn } from '../measured.js'

const require = createRequire(import.meta.url)
// It knows one address only; its requests are built here.
const requests = require('spotify-web-api-node/src/webapi-request')
const build = requests.builder
const { hostname, port } = new URL(input.apiUrl)
requests.builder = (token) => build(token).withHost(hostname).withPort(port).withScheme('http')
const SpotifyWebApi = require('spotify-web-api-node')

const spotify = new SpotifyWebApi({ accessToken: await signIn(input) })
await measuredPages(async (offset) => (await spotify.getMySavedTracks({ limit: 50, offset })).body)
