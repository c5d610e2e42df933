import type { Embed } from 'discord.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerBodyFor } from '../../sandbox/discord/limits/message.ts'
import { idsShown, plainTrack, songEmbeds } from '../../src/views/linked-songs.ts'
import { english } from '../world/english.ts'
import { runs } from '../world/runs.ts'

const foreign = 'F'.repeat(22)
const link = `open.spotify.com/track/${foreign}`
const hostile = [
  ...[
    link,
    `https://${link}`,
    `](https://${link})`,
    `[a](https://${link})`,
    `\n**7.** https://${link}`,
    `<https://${link}>`,
  ],
  ...[
    `spotify:track:${foreign}`,
    `\u2069\n**1.** [a](https://${link})`,
    `a\u2028**2.** https://${link}`,
    '\\',
    '**',
    '`',
    '',
  ],
  ...[
    '@everyone',
    '<@175928847299117063>',
    '# a',
    'x'.repeat(5_000),
    '*'.repeat(3_000),
    'شيرين '.repeat(400),
    '\u202E a',
    '\uD800',
  ],
]
const words = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.constantFrom(...hostile))
const some = fc.option(words, { nil: undefined })
const ids = fc.uniqueArray(fc.stringMatching(/^[0-9A-Za-z]{22}$/), { minLength: 1, maxLength: 40 })
const tracks = ids.chain((list) =>
  fc.tuple(...list.map((id) => fc.record({ id: fc.constant(id), title: some, artists: some }))),
)

describe('songs as a message had them', () => {
  test('fit into a message whatever they are called, and their ids are read from it again, and no others', () => {
    fc.assert(
      fc.property(tracks, fc.boolean(), (list, isLiked) => {
        const embeds = songEmbeds(list, english, () => isLiked)
        expect(answerBodyFor({}).safeParse({ content: 'x', embeds }).error).toBeUndefined()
        expect(idsShown(embeds.map((data) => ({ data }) as Embed))).toEqual(list.map(({ id }) => id))
      }),
      { numRuns: runs(300) },
    )
  })

  test('have labels that fit into a select', () => {
    fc.assert(
      fc.property(tracks, (list) => {
        for (const track of list) expect(plainTrack(track, english, 90)).toMatch(/^.{1,90}$/su)
      }),
      { numRuns: runs(100) },
    )
  })
})
