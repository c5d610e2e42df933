import type { Random } from './random.ts'
import { pick } from './random.ts'
import type { Taste } from './taste.ts'

/** Gives names of one taste; the same random numbers give the same names. */
interface Naming {
  artist(random: Random): string
  album(random: Random): string
  title(random: Random): string
}

type Part = string | readonly string[]

export function namingOf(taste: Taste): Naming {
  const words = Object.fromEntries(Object.entries(taste.words).map(([slot, list]) => [slot, list.split(', ')]))
  const artists = taste.artists.map((pattern) => partsOf(pattern, words))
  const albums = taste.albums.map((pattern) => partsOf(pattern, words))
  const titles = taste.titles.map((pattern) => partsOf(pattern, words))
  return {
    artist: (random) => fill(pick(random, artists), random),
    album: (random) => fill(pick(random, albums), random),
    title: (random) => fill(pick(random, titles), random),
  }
}

function partsOf(pattern: string, words: Readonly<Record<string, readonly string[]>>): readonly Part[] {
  return pattern.split(/[{}]/).map((part, index) => {
    if (index % 2 === 0) return part
    const list = words[part]
    if (!list) throw new Error(`The pattern "${pattern}" has a slot without words: ${part}.`)
    return list
  })
}

function fill(parts: readonly Part[], random: Random): string {
  let text = ''
  for (const part of parts) text += typeof part === 'string' ? part : pick(random, part)
  // Some lists are in lower case because their words are used inside sentences too.
  return text.charAt(0).toUpperCase() + text.slice(1)
}
