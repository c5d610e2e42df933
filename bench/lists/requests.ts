import type { Reply } from '../../src/command.ts'
import { likedFile } from '../../src/views/liked-file.ts'
import { artistSongs, memoriesOfToday } from '../../src/views/song-messages.ts'
import type { Time } from '../clock.ts'
import { searchWhole } from '../library.ts'
import { besideLeast, openListener, requestsOf } from '../listener.ts'
import type { Report, Row } from '../report.ts'

const songs = 3_120
const person = '175928847299117063'
/** Over so many years they were liked. */
const years = 10
const minute = 60_000
const scope = 'user-library-read user-library-modify'

type Program = Awaited<ReturnType<typeof openListener>>
type Work = (program: Program) => Promise<Reply>

/** What the lists of one's own songs ask of Spotify, with nothing in hand and with the index of the library in hand. */
export async function requestsOfLists(time: Time): Promise<Report[]> {
  const whole = Math.ceil(songs / 50)
  const rows = [
    ...(await both(time, 'an artist', ({ app }) => artistSongs(app, contextOf(app), 'Ana'), [whole, 1])),
    ...(await both(time, 'memories', ({ app }) => memoriesOfToday(app, contextOf(app)), [1 + years, 1], 9)),
    ...(await both(time, 'a file', fileOf, [whole, 1])),
  ]
  for (const count of [1, 40]) rows.push(await saving(time, count))
  return [
    {
      title: `Requests of lists and of saving, ${songs.toLocaleString('en-US')} liked songs`,
      note:
        'The least that the API allows: a page for every 50 songs, or, with the index in hand for six minutes, one that ' +
        'tells what is new. For memories it is the first page and, of each of ten years, the one where that day is, which has ' +
        'to be looked for, since Spotify cannot be asked by date. To save songs it is one ' +
        'request for forty of them; another asks which are there already, so that an undo removes none of those.',
      rows,
    },
  ]
}

function contextOf({ languages }: Program['app']) {
  const request = { viewer: person, owner: person, server: null, ownerName: '' }
  return { request, author: undefined, logoUrl: undefined, ephemeral: true, t: languages.memo('en-US') }
}

function fileOf({ app }: Program): Promise<Reply> {
  const interaction = { user: { id: person, displayName: '' }, attachmentSizeLimit: 10_485_760 }
  return likedFile(app, interaction as unknown as Parameters<typeof likedFile>[1], 'csv', app.languages.memo('en-US'))
}

async function both(time: Time, name: string, work: Work, least: readonly [cold: number, inHand: number], further = 0) {
  const rows: Row[] = []
  for (const [index, where] of ['cold', 'index in hand'].entries()) {
    await using program = await open(index === 0 ? 0 : 24)
    if (index === 1) {
      await searchWhole(program.app.library, person)
      await program.settles()
      time.pass(6 * minute)
    }
    rows.push(besideLeast(`${name}, ${where}`, await asked(program, work), least[index] ?? 0, further))
  }
  return rows
}

async function saving(time: Time, count: number): Promise<Row> {
  await using program = await open(0)
  // Somebody else has them.
  const ids = program.other.account.library.slice(0, count).flatMap(({ song }) => song?.id ?? [])
  const requests = await asked(program, async ({ app }) => {
    await app.accounts.saveTracks(person, ids)
    return { kind: 'message', ephemeral: true }
  })
  time.pass(minute)
  return besideLeast(`${count} ${count === 1 ? 'song' : 'songs'} saved`, requests, 1, 1)
}

const open = (hours: number) => openListener({ person, songs, scope, hours, others: 40 })

/** The requests until the last of the answers. */
function asked(program: Program, work: Work): Promise<number> {
  return requestsOf(program, async () => {
    let reply: Reply | undefined = await work(program)
    while (reply && reply.kind !== 'modal' && reply.continueWith) reply = await reply.continueWith()
  })
}
