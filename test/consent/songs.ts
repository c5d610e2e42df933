import { names, type Name } from './people.ts'

/** One that needs a second request, one of three pages, one of two. */
const sizes: Readonly<Record<Name, number>> = { ana: 53, ben: 21, cleo: 12 }

const titles = new RegExp(`(${names.join('|')})(\\d+)song\\d+`, 'g')
const newest = Date.UTC(2026, 4, 31)
const hour = 3_600_000

/** In the album of every song, for a search that finds them all. */
export const commonWord = 'evergreen'

export function librarySize(account: string): number {
  return sizes[ownerOf(account)]
}

/** Part of an account's liked songs as the Web API has them. Title and id of each tell the account. */
export function songsOf(account: string, from: number, to: number): unknown[] {
  const size = librarySize(account)
  return Array.from({ length: Math.max(Math.min(to, size) - from, 0) }, (_, index) => {
    const title = `${account}song${size - from - index}`
    const id = title.padEnd(22, 'x')
    return {
      added_at: new Date(newest - (from + index) * hour).toISOString(),
      track: {
        id,
        uri: `spotify:track:${id}`,
        name: title,
        artists: [{ name: account }],
        album: { name: commonWord, images: [] },
      },
    }
  })
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

export function ownerOf(account: string): Name {
  const owner = names.find((name) => account.startsWith(name))
  if (!owner) throw new Error(`Nobody has the account ${account}`)
  return owner
}

function titlesIn(answer: unknown): RegExpExecArray[] {
  return [...(JSON.stringify(answer) ?? '').matchAll(titles)]
}
