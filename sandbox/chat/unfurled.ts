import type { FakeSpotify } from '../spotify/spotify.ts'

const link = /https:\/\/open\.spotify\.com\/(?:intl-[a-z]{2}\/)?track\/([0-9A-Za-z]{22})(?![0-9A-Za-z])/g
/** As many as Discord shows. */
const most = 5

/** What Discord shows under a message with links to songs. */
export function unfurled({ song, apiUrl }: FakeSpotify, content: string): Record<string, unknown>[] {
  const songs = [...new Set([...content.matchAll(link)].map(([, id = '']) => id))].flatMap((id) => song(id) ?? [])
  return songs.slice(0, most).map(({ id, title, artists, album, cover }) => ({
    ...{ type: 'link', url: `https://open.spotify.com/track/${id}`, title },
    description: `${artists.join(', ')} · ${album} · Song`,
    provider: { name: 'Spotify', url: 'https://open.spotify.com/' },
    thumbnail: {
      url: new URL(`/covers/${encodeURIComponent(cover)}.svg?size=300`, apiUrl).href,
      width: 300,
      height: 300,
    },
  }))
}
