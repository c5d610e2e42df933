import type { Saved } from '../../sandbox/spotify/spotify.ts'
import { names, type Name } from './people.ts'

/** One that needs a second request, one of three pages, one of two. */
const sizes: Readonly<Record<Name, number>> = { ana: 53, ben: 21, cleo: 12 }

const titles = new RegExp(`(${names.join('|')})(\\d+)song\\d+`, 'g')
const newest = Date.UTC(2026, 4, 31)
const hour = 3_600_000

/** What everybody has liked, half of it on releases of their own: two pages, older than any roundup looks. */
const shared = 12
const newestShared = Date.UTC(2026, 3, 1)
/** In seconds: a like of those tells the account by its time. */
const perName = 500

/** In the album of every song, for a search that finds them all. */
export const commonWord = 'evergreen'

const libraries = new Map<string, readonly Saved[]>()

/** An account's liked songs. Title and id of each tell the account. */
export function libraryOf(account: string): Saved[] {
  const known = libraries.get(account)
  if (known) return [...known]
  const size = sizes[ownerOf(account)]
  const made = Array.from({ length: size }, (_, index): Saved => {
    const title = `${account}song${size - index}`
    const song = { id: title.padEnd(22, 'x'), title, artists: [account], album: commonWord, cover: '', durationMs: 1 }
    return { song, addedAt: newest - index * hour }
  })
  for (let index = 0; index < shared; index += 1) {
    const id = `shared${index}${index % 2 === 0 ? '' : account}`.padEnd(22, 'x')
    const song = { id, title: `Shared ${index}`, artists: ['Everybody'], album: commonWord, cover: '', durationMs: 1 }
    made.push({ song, addedAt: newestShared - index * hour - secondsOf(account) * 1000 })
  }
  libraries.set(account, made)
  return [...made]
}

/** The accounts whose songs are somewhere in an answer. */
export function accountsIn(answer: unknown): Set<string> {
  return new Set([...titlesIn(answer).map(([, name, number]) => `${name}${number}`), ...likersIn(answer)])
}

/** How many different songs of the account are in an answer. */
export function songsIn(answer: unknown, account: string): number {
  const titles = titlesIn(answer).map(([title]) => title)
  const own = new Set(titles.filter((title) => title.startsWith(`${account}song`))).size
  return own + likersIn(answer).filter((liker) => liker === account).length
}

/** Whether one of these titles of the account is none of its newest three; no song is liked by two people. */
export function isBeyondThree(answer: unknown, account: string): boolean {
  const least = sizes[ownerOf(account)] - 2
  return titlesIn(answer).some(([title, name, number]) => {
    return `${name}${number}` === account && Number(title.slice(`${account}song`.length)) < least
  })
}

export function ownerOf(account: string): Name {
  const owner = names.find((name) => account.startsWith(name))
  if (!owner) throw new Error(`Nobody has the account ${account}`)
  return owner
}

function secondsOf(account: string): number {
  const name = ownerOf(account)
  return names.indexOf(name) * perName + Number(account.slice(name.length))
}

/** The accounts that have liked what everybody has, by the times that are shown. */
function likersIn(answer: unknown): string[] {
  const times = (JSON.stringify(answer) ?? '').matchAll(/<t:(\d+):/g)
  return [...times].flatMap(([, time]) => {
    const before = newestShared / 1000 - Number(time)
    const seconds = before % 3_600
    const name = names[Math.floor(seconds / perName)]
    return before < 0 || before >= shared * 3_600 || !name ? [] : [`${name}${seconds % perName}`]
  })
}

function titlesIn(answer: unknown): RegExpExecArray[] {
  return [...(JSON.stringify(answer) ?? '').matchAll(titles)]
}
