import { modifyScope, playlistScope, publicPlaylistScope, readScope } from './authorization.ts'

/** What somebody links for: carried out once they have, without another press. */
export type LinkTask =
  | { readonly kind: 'save'; readonly tracks: readonly TaskTrack[] }
  /**
   * `isPublic`: they have made that playlist public, which needs a permission of its own. `isAgreed`: they have been told
   * how many requests it takes.
   */
  | {
      readonly kind: 'playlist'
      readonly source: PlaylistSource
      readonly isPublic?: boolean
      readonly isAgreed?: boolean
    }

/** A track, by its id, and what it is called, for saying what was saved. */
interface TaskTrack {
  readonly id: string
  readonly title?: string | undefined
}

/** What a playlist is made of: a list of liked songs, or a roundup. */
export interface PlaylistSource {
  readonly of: 'newest' | 'search' | 'artist' | 'when' | 'common' | 'roundup'
  /** How many of the newest, what is searched for, the artist, the period, the other person, or the id of the roundup. */
  readonly value: string
  /** Of a roundup, and of songs in common: the server. */
  readonly server?: string | undefined
  /** What the other person is called, where it is about songs in common. */
  readonly name?: string | undefined
}

/** In the addresses for linking, so that the first page can say what it is for. */
export const taskKinds = ['save', 'playlist'] as const satisfies readonly LinkTask['kind'][]

/** The same, as 0.1.0 has noted it: one track to save. */
export interface NotedTask {
  readonly task?: LinkTask | undefined
  readonly save?: string | undefined
  readonly title?: string | undefined
}

export function taskOf({ task, save, title }: NotedTask = {}): LinkTask | undefined {
  return task ?? (save === undefined ? undefined : { kind: 'save', tracks: [{ id: save, title }] })
}

/** What to ask Spotify for. It grants no more than that, so what was granted before is asked for again. */
export function scopeFor(task: LinkTask | undefined, before: readonly string[] = []): readonly string[] {
  const wanted = new Set([...before, ...(task ? scopesOf(task) : [])])
  return [readScope, ...further.filter((scope) => wanted.has(scope))]
}

const further = [modifyScope, playlistScope, publicPlaylistScope]

function scopesOf(task: LinkTask): readonly string[] {
  if (task.kind === 'save') return [modifyScope]
  return task.isPublic ? [playlistScope, publicPlaylistScope] : [playlistScope]
}
