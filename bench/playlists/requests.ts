import type { PlaylistSource } from '../../src/accounts/link-task.ts'
import { preparePlaylist } from '../../src/views/playlist.ts'
import type { Time } from '../clock.ts'
import { searchWhole } from '../library.ts'
import { besideLeast, openListener, requestsOf } from '../listener.ts'
import type { Report, Row } from '../report.ts'

const songs = 3_120
const minute = 60_000
const scope = 'user-library-read playlist-modify-private'
/** Whether the playlist is among the person's. */
const looks = 1

const kinds: Readonly<Record<string, PlaylistSource>> = {
  'newest 100': { of: 'newest', value: '100' },
  'newest 1,000': { of: 'newest', value: '1000' },
  'a search': { of: 'search', value: 'the' },
}

/** What making and updating a playlist asks of Spotify, with nothing in hand and with the index of the library in hand. */
export async function requestsOfPlaylists(time: Time): Promise<Report[]> {
  const rows: Row[] = []
  for (const isInHand of [false, true])
    for (const [name, source] of Object.entries(kinds)) rows.push(...(await measure(time, name, source, isInHand)))
  return [
    {
      title: `Requests of a playlist, ${songs.toLocaleString('en-US')} liked songs`,
      note:
        'The least that the API allows: a page for every 50 songs, of which a search takes all, or, with the index in ' +
        'hand for six minutes, one that tells what is new; a request for every 100 songs that go into the playlist, ' +
        'and one that makes it. One more asks whether it is among the person’s playlists: one that they have deleted ' +
        'can still be filled, where nobody sees it.',
      rows,
    },
  ]
}

async function measure(time: Time, name: string, source: PlaylistSource, isInHand: boolean): Promise<Row[]> {
  const person = `${name} ${isInHand}`
  await using program = await openListener({ person, songs, scope, hours: isInHand ? 24 : 0 })
  const { app, spotify, listener } = program
  const make = async () => {
    let uris: readonly string[] = []
    const requests = await requestsOf(program, async () => {
      const made = await preparePlaylist(app, person, source, app.languages.memo('en-US'), { isAgreed: true })
      if ('needed' in made) throw new Error('The playlist was not made.')
      uris = made.songs.uris
    })
    const inIt = spotify.playlists[0]?.items.length
    if (inIt !== uris.length) throw new Error(`${inIt} songs are in it, not ${uris.length}.`)
    return { requests, songs: inIt }
  }
  if (isInHand) {
    await searchWhole(app.library, person)
    await program.settles()
    time.pass(6 * minute)
  }
  const first = await make()
  spotify.like(person, listener.newSong())
  time.pass((isInHand ? 6 : 60) * minute)
  const update = await make()
  const pages = (found: number): number => (isInHand ? 1 : Math.ceil((source.of === 'search' ? songs : found) / 50))
  const least = (found: number): number => pages(found) + Math.ceil(found / 100)
  const where = `${name}, ${isInHand ? 'index in hand' : 'cold'}`
  return [
    besideLeast(`${where}: made`, first.requests, least(first.songs) + 1, looks),
    besideLeast(`${where}: updated`, update.requests, least(update.songs), looks),
  ]
}
