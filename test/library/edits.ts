import fc from 'fast-check'
import { decodeIndex, encodeIndex } from '../../src/library/index-format.ts'
import { syncLibrary } from '../../src/library/sync.ts'
import { songsBetween, type Segments } from '../../src/library/segments.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { songOf, type ListFixture } from './list-fixture.ts'

/** What happens to somebody's list in one moment. */
export interface Edit {
  readonly saves: number
  /** Where songs are removed, as parts of the list. */
  readonly removals: readonly number[]
}

const place = fc.double({ min: 0, max: 0.999999, noNaN: true })

/** Some saves and removals, up to as many. */
export const edit = (saves: number, removals: number): fc.Arbitrary<Edit> =>
  fc.record({
    saves: fc.nat(saves),
    removals: fc.array(place, { maxLength: removals }),
  })

/** As many saves as removals, too: the number of songs tells nothing then. */
export const anyEdit = fc.oneof(
  edit(2, 2),
  fc.array(place, { minLength: 1, maxLength: 2 }).map((removals): Edit => ({ saves: removals.length, removals })),
)

/** What is known of the list after it has been read. */
export async function read(
  list: ListFixture,
  known: Segments,
  kept: { segments: Segments } = { segments: known },
): Promise<Segments> {
  await syncLibrary(known, list.answer, { ...quiet(list), keep: (segments) => (kept.segments = segments) })
  return kept.segments
}

/** What of it is sure. */
export async function readSurely(list: ListFixture, known: Segments): Promise<Segments> {
  let kept = known
  await syncLibrary(known, list.answer, { ...quiet(list), keep: (segments, sure = segments) => void (kept = sure) })
  return kept
}

/** It is half an hour after the newest like; the next ones are an hour apart. */
export function quiet({ songs }: ListFixture) {
  const now = (songs[0]?.addedAt ?? 0) + 1_800_000
  const none = { has: () => false, add: () => undefined }
  return { now: () => now, progress: () => undefined, plan: async () => undefined, unreadable: none, short: none }
}

/** The same as another process has it, which knows it from the store. */
export async function stored(segments: Segments): Promise<Segments> {
  return (await decodeIndex(await encodeIndex({ segments, complete: true, at: 0 }))).segments
}

/** The known songs. */
export function listed(segments: Segments): Song[] {
  return songsBetween(segments, 0, Infinity)
}

/** Saves count up from the number. */
export function change(list: ListFixture, { saves, removals }: Edit, number: number): void {
  for (const part of removals) list.songs.splice(Math.floor(part * list.songs.length), 1)
  for (let save = 0; save < saves; save += 1) list.songs.unshift(songOf(number + save))
}
