import { modifyScope, readScope } from './authorization.ts'

/** What somebody links for: carried out once they have, without another press. */
export type LinkTask = { readonly kind: 'save'; readonly tracks: readonly TaskTrack[] }

/** A track, by its id, and what it is called, for saying what was saved. */
interface TaskTrack {
  readonly id: string
  readonly title?: string | undefined
}

/** In the addresses for linking, so that the first page can say what it is for. */
export const taskKinds = ['save'] as const satisfies readonly LinkTask['kind'][]

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

const further = [modifyScope]

function scopesOf(task: LinkTask): readonly string[] {
  return { save: [modifyScope] }[task.kind]
}
