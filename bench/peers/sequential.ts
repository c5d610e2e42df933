import type { SavedPage, Song } from '../../src/spotify/parse.ts'

/** The reader that every tutorial has: one page after the other, until there are no more. */
export async function readSequentially(ask: (offset: number) => Promise<SavedPage>): Promise<Song[]> {
  const songs: Song[] = []
  for (;;) {
    const page = await ask(songs.length)
    songs.push(...page.songs)
    if (page.songs.length === 0 || songs.length >= page.total) return songs
  }
}
