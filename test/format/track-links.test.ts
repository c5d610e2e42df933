import { Collection, type Message } from 'discord.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linkedIn } from '../../src/views/track-links.ts'
import { runs } from '../world/runs.ts'

const id = '4uLU6hMCjMI75M1A2tKUQC'
const other = '7ouMYWpwJ422jRcDASZB7P'
const track = `https://open.spotify.com/track/${id}`

interface Written {
  readonly content?: unknown
  readonly embeds?: readonly object[]
  readonly components?: readonly object[]
}

/** A message as discord.js makes it of Discord's JSON. */
function message({ content = '', embeds = [], components = [] }: Written, ...forwarded: Written[]): Message {
  return {
    content,
    embeds: embeds.map((data) => ({ data })),
    components: components.map((data) => ({ toJSON: () => data })),
    messageSnapshots: new Collection(forwarded.map((one, place) => [String(place), message(one)])),
  } as unknown as Message
}

const idsIn = (content: string) => linkedIn(message({ content })).tracks.map((one) => one.id)

describe('a link to a song', () => {
  test.each([
    track,
    `http://open.spotify.com/track/${id}`,
    `HTTPS://Open.Spotify.com/track/${id}`,
    `open.spotify.com/track/${id}`,
    `${track}?si=0123456789abcdef`,
    `${track}?si=abc&utm_source=copy-link&context=spotify%3Aplaylist%3A37i9dQZF1DXcBWIGoYBM5M`,
    `${track}#0:42`,
    `${track}/`,
    `https://open.spotify.com/intl-de/track/${id}?si=abc`,
    `https://open.spotify.com/intl-pt-BR/track/${id}`,
    `spotify:track:${id}`,
    `Listen: ${track}.`,
    `Do you know ${track}?`,
    `${track}!!!`,
    `(${track})`,
    `<${track}>`,
    `"${track}"`,
    `**${track}**`,
    `_${track}_`,
    `~~${track}~~`,
    `||${track}||`,
    `\`${track}\``,
    `[Sixteen Raincoats](${track})`,
    `[Sixteen Raincoats](<${track}>)`,
    `[Sixteen Raincoats](${track} "a title")`,
    `聴いて${track}`,
    `${track}、とてもいい`,
    `\u2068${track}\u2069`,
    `a\n${track}\nb`,
    `https://example.com/ and ${track}`,
  ])('is found in %j', (content) => expect(idsIn(content)).toEqual([id]))

  test('several stand side by side, in the order of reading, each once', () => {
    expect(idsIn(`${track},https://open.spotify.com/track/${other};spotify:track:${id}`)).toEqual([id, other])
    expect(idsIn(`spotify:track:${other} ${track} ${track}`)).toEqual([other, id])
  })
})

const almost = [
  // Ids that are none.
  `https://open.spotify.com/track/${id.slice(1)}`,
  `${track}0`,
  `${track}${other}`,
  'https://open.spotify.com/track/',
  'https://open.spotify.com/track',
  `https://open.spotify.com/track/${id.slice(1)}_`,
  `https://open.spotify.com/track/${id.slice(1)}-`,
  `${track}-remix`,
  `${track}_remix`,
  `${track}%20`,
  `${track}&si=abc`,
  `${track}=`,
  `${track}@evil.example`,
  `${track}.html`,
  `https://open.spotify.com/track/${id.slice(0, 10)}%2F${id.slice(11)}`,
  `https://open.spotify.com/track/${id.slice(0, 10)}\u200B${id.slice(10)}`,
  `https://open.spotify.com/track/${id.slice(0, 10)}\n${id.slice(10)}`,
  `https://open.spotify.com/track/{${id}}`,
  `https://open.spotify.com/track/:${id}`,
  // Other hosts.
  `https://open.spotify.com.evil.example/track/${id}`,
  `https://evil.example/open.spotify.com/track/${id}`,
  `evil.example/open.spotify.com/track/${id}`,
  `https://evil.example/?u=${track}`,
  `https://evil.example/?u=${encodeURIComponent(track)}`,
  `https://evil.example/#${track}`,
  `https://evil.example/spotify:track:${id}`,
  `https://open.spotify.com@evil.example/track/${id}`,
  `https://open.spotify.com:pass@evil.example/track/${id}`,
  `https://somebody@open.spotify.com/track/${id}`,
  `https://open.spotify.com:8443/track/${id}`,
  `https://xopen.spotify.com/track/${id}`,
  `https://x-open.spotify.com/track/${id}`,
  `https://www.open.spotify.com/track/${id}`,
  `https://www.spotify.com/track/${id}`,
  `https://spotify.com/track/${id}`,
  `https://api.spotify.com/v1/tracks/${id}`,
  `https://open.spotify.co/track/${id}`,
  `https://open-spotify.com/track/${id}`,
  `https://openXspotify.com/track/${id}`,
  `https://open.spоtify.com/track/${id}`,
  `https://open.spotify.com\u2024evil.example/track/${id}`,
  `https://open.spotify.com./track/${id}`,
  `https://open.scdn.co/track/${id}`,
  // Other schemes.
  `ftp://open.spotify.com/track/${id}`,
  `hxxps://open.spotify.com/track/${id}`,
  `xhttps://open.spotify.com/track/${id}`,
  `https:/open.spotify.com/track/${id}`,
  `https:\\\\open.spotify.com\\track\\${id}`,
  `//open.spotify.com/track/${id}`,
  `spotify://track/${id}`,
  `spotify:track/${id}`,
  `spotify:tracks:${id}`,
  `spotify:track:${id}:play`,
  `notspotify:track:${id}`,
  `web+spotify:track:${id}`,
  `spotify:user:ana:track:${id}`,
  `spotify:local:Ana:Song:${id}:180`,
  // Other paths.
  `https://open.spotify.com/Track/${id}`,
  `https://open.spotify.com/tracks/${id}`,
  `https://open.spotify.com//track/${id}`,
  `https://open.spotify.com/track//${id}`,
  `https://open.spotify.com/../track/${id}`,
  `https://open.spotify.com/x/track/${id}`,
  `https://open.spotify.com/embed/track/${id}`,
  `https://open.spotify.com/intl-/track/${id}`,
  `https://open.spotify.com/intl-de/x/track/${id}`,
  `https://open.spotify.com/user/ana/track/${id}`,
  `${track}/lyrics`,
  `https://open.spotify.com/?uri=spotify:track:${id}`,
  `https://open.spotify.com/search/${id}`,
  `https://open.spotify.com/local/${id}`,
  `https://open.spotify.com/__proto__/${id}`,
  `https://open.spotify.com/constructor/${id}`,
  id,
]

describe('what almost is one', () => {
  test('there are sixty kinds and more', () => expect(new Set(almost).size).toBeGreaterThanOrEqual(60))

  test.each(almost)('is not taken for it: %j', (content) => {
    expect(idsIn(content)).toEqual([])
    expect(idsIn(`Hear [this](${content}), or ${content}`)).toEqual([])
    expect(idsIn(`${content} ${track}`)).toEqual([id])
  })

  test.each([
    [`https://open.spotify.com/album/${id}?highlight=spotify:track:${other}`, 'album'],
    [`https://open.spotify.com/intl-de/album/${id}`, 'album'],
    [`https://open.spotify.com/playlist/${id}`, 'playlist'],
    [`https://open.spotify.com/user/ana/playlist/${id}`, 'playlist'],
    [`spotify:user:ana:playlist:${id}`, 'playlist'],
    [`spotify:artist:${id}`, 'artist'],
    [`https://open.spotify.com/show/${id}`, 'podcast'],
    [`https://open.spotify.com/episode/${id}`, 'podcast'],
    ['https://spotify.link/AbCdEfG', 'short'],
    ['https://spotify.app.link/AbCdEfG?_p=1', 'short'],
    [`https://play.spotify.com/track/${id}`, 'short'],
  ])('something else of Spotify’s is named as such: %j', (content, kind) => {
    expect(linkedIn(message({ content }))).toEqual({ tracks: [], more: 0, others: [kind] })
  })
})

describe('where songs are in a message', () => {
  test('its text, then its embeds, its components, and what it forwards', () => {
    const ids = Array.from('abcdefghijk', (letter) => letter.repeat(22))
    const [a, b, c, d, e, f, g, h, i, j, k] = ids.map((one) => `https://open.spotify.com/track/${one}`)
    const embed = {
      ...{ url: b, title: 'A title', author: { name: 'Ana', url: c }, description: `see ${d}` },
      ...{ fields: [{ name: e, value: `and ${f}` }], footer: { text: g } },
    }
    const section = { type: 9, components: [{ type: 10, content: h }], accessory: { type: 2, style: 5, url: i } }
    const card = { type: 17, components: [section, { type: 1, components: [{ type: 2, style: 5, url: j }] }] }
    const found = linkedIn(message({ content: a, embeds: [embed], components: [card] }, { content: k }))
    expect(found.tracks.map((one) => one.id)).toEqual(ids)
  })

  test('names come from Discord’s own embeds, from masked links and from the lists of Hearsay', () => {
    const embed = { url: track, title: 'Sixteen Raincoats', description: 'The Marmots · Wet Socks · Song · 2021' }
    const named = { id, title: 'Sixteen Raincoats', artists: 'The Marmots' }
    expect(linkedIn(message({ content: `${track}?si=abc`, embeds: [embed] })).tracks).toEqual([named])
    expect(
      linkedIn(message({ content: `**12.** [Sixteen Raincoats](${track})\n-# The Marmots · <t:1:R>` })).tracks,
    ).toEqual([named])
    const row = `**3.** \u2068[A \\* (live) [2]](${track})\u2069\n-# <t:1:R>\n**2.** [B](https://open.spotify.com/track/${other})`
    expect(linkedIn(message({ content: row })).tracks).toEqual([
      { id, title: 'A * (live) [2]' },
      { id: other, title: 'B' },
    ])
    expect(linkedIn(message({ content: `[${track}](${track})` })).tracks).toEqual([{ id }])
  })

  test('beyond forty they are counted', () => {
    const many = Array.from({ length: 43 }, (_, place) => `spotify:track:${String(place).padStart(22, '0')}`)
    const found = linkedIn(message({ content: [...many, many[0]].join(' ') }))
    expect([found.tracks.length, found.more]).toEqual([40, 3])
  })

  test('whatever is in a message, nothing is thrown, and what is found is an id', () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(track, almost.join(' '), `[${track}`, '['.repeat(500) + track, undefined, {
        toString: 0,
      }),
    )
    const part = fc.record({
      ...{ content: odd, url: odd, title: odd, description: odd, fields: odd, author: odd, footer: odd },
      ...{ components: odd, accessory: odd },
    })
    fc.assert(
      fc.property(odd, fc.array(part), fc.array(part), (content, embeds, components) => {
        for (const found of linkedIn(message({ content, embeds, components }, { content, embeds })).tracks)
          expect(found.id).toMatch(/^[0-9A-Za-z]{22}$/)
      }),
      { numRuns: runs(500) },
    )
  })

  test('a text made to take long does not', () => {
    const startedAt = performance.now()
    for (const piece of ['[', '[a', 'https://', 'open.spotify.com/track/', `[${track}](`, 'spotify:', '\\'])
      linkedIn(
        message({ embeds: Array.from({ length: 10 }, () => ({ description: piece.repeat(6_000 / piece.length) })) }),
      )
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
