import { createPageCache } from '../../src/library/page-cache.ts'
import { parsePage } from '../../src/spotify/parse.ts'
import { heapUsed, type Measure } from './measure.ts'

const blocks = 6_000
const perList = 10

export default {
  what: 'Heap that 6,000 blocks of 600 people leave behind in the page cache',
  unit: 'MB',
  // The cache's own bound and what its count may be wrong by.
  bound: 32,
  async take() {
    const cache = createPageCache(Date.now)
    const before = await heapUsed()
    for (let block = 0; block < blocks; block += 1) {
      const list = cache.get(`person-${Math.floor(block / perList)}:`)
      const offset = (block % perList) * 50
      cache.put(list, parsePage(pageAt(block, offset), offset))
    }
    const used = (await heapUsed()) - before
    console.log(`       ${JSON.stringify(cache.size())}`)
    return used
  },
} satisfies Measure

/** As Spotify writes it, no two songs alike. */
function pageAt(block: number, offset: number): Buffer {
  const items = Array.from({ length: 50 }, (_, index) => {
    const id = `${block}x${index}`.padEnd(22, '0')
    return {
      added_at: new Date(Date.UTC(2026, 0) - (offset + index) * 60_000).toISOString(),
      track: {
        id,
        uri: `spotify:track:${id}`,
        name: `Ein Lied über ${block} und ${index}`,
        artists: [{ name: `Kûnstler ${block}-${index}`, href: `https://api.spotify.com/v1/artists/${id}` }],
        album: {
          name: `Album ${block}-${index}`,
          images: [{ url: `https://i.scdn.co/image/${id.padStart(40, 'a')}`, width: 300, height: 300 }],
        },
        external_urls: { spotify: `https://open.spotify.com/track/${id}` },
        preview_url: null,
      },
    }
  })
  return Buffer.from(JSON.stringify({ items, limit: 50, offset, total: perList * 50, next: null, previous: null }))
}
