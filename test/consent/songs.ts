import type { Saved } from '../../sandbox/spotify/spotify.ts'
import { names, type Name } from './people.ts'

/** One that needs a second request, one of three pages, one of two. */
const sizes: Readonly<Record<Name, number>> = { ana: 53, ben: 21, cleo: 12 }

const titles = new RegExp(`(${names.join('|')})(\\d+)song\\d+`, 'g')
const newest = Date.UTC(2026, 4, 31)
const hour = 3_600_000

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
  libraries.set(account, made)
  return [...made]
}

/** The accounts whose songs are somewhere in an answer. */
export function accountsIn(answer: unknown): Set<string> {
  return new Set(titlesIn(answer).map(([, name, number]) => `${name}${number}`))
}

/** How many different songs of the account are in an answer. */
export function songsIn(answer: unknown, account: string): number {
  const titles = titlesIn(answer).map(([title]) => title)
  return new Set(titles.filter((title) => title.startsWith(`${account}song`))).size
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

function titlesIn(answer: unknown): RegExpExecArray[] {
  return [...(JSON.stringify(answer) ?? '').matchAll(titles)]
}
