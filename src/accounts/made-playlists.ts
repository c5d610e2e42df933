import { sha256 } from '../crypto.ts'
import type { PlaylistSource } from './link-task.ts'

/** A playlist that was made for a person, as their link has it. */
export type MadePlaylist = {
  readonly id: string
  readonly of: PlaylistSource['of']
  /** A hash of the id and of what it was made of: what somebody has searched for is nobody's to read. */
  readonly madeOf: string
  /** Whether Spotify has said that it is among the person's playlists: then it also says when it is not any more. */
  readonly isListed: boolean
}

/** So many are known again; for an older one a new one is made. */
const most = 20

/** The one that was made of this before. */
export function madeBefore(all: readonly MadePlaylist[] = [], source: PlaylistSource): MadePlaylist | undefined {
  return all.find((made) => isOf(made, source))
}

/** With this one, in the place of any that was made of the same. */
export function withMade(all: readonly MadePlaylist[] = [], made: MadePlaylist, source: PlaylistSource) {
  return [...all.filter((one) => !isOf(one, source)), made].slice(-most)
}

export function madeNow(id: string, source: PlaylistSource, isListed: boolean): MadePlaylist {
  return { id, of: source.of, madeOf: hashOf(id, source), isListed }
}

function isOf({ id, of, madeOf }: MadePlaylist, source: PlaylistSource): boolean {
  return of === source.of && madeOf === hashOf(id, source)
}

/** The newest songs are one playlist, however many they are. */
function hashOf(id: string, { of, value }: PlaylistSource): string {
  return sha256(`${id} ${of === 'newest' ? '' : value}`)
}
