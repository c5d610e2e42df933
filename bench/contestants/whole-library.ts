import type { FoundPage, Library } from '../../src/library/library.ts'

/** Reads all that is not in hand yet, as a search does. */
export async function wholeLibrary(library: Library, person: string, query = 'love'): Promise<FoundPage> {
  for (;;) {
    const answer = await library.search(person, query, { offset: 0 })
    if (!('done' in answer)) return answer
    await answer.done
  }
}
