import { setImmediate as turn } from 'node:timers/promises'
import type { Song } from '../spotify/parse.ts'
import { songIn } from './packed-songs.ts'
import { lengthOf, type Segments } from './segments.ts'

export const fileFormats = ['csv', 'json'] as const
export type FileFormat = (typeof fileFormats)[number]

/** Songs that are written before anything else gets its turn: a few milliseconds' worth. */
const atOnce = 500

interface Layout {
  readonly begin: string
  readonly between: string
  readonly end: string
  row(song: Song, number: number): string
}

const layouts: Readonly<Record<FileFormat, Layout>> = {
  // As RFC 4180 has it, with the mark by which spreadsheets know UTF-8.
  csv: {
    begin: '\uFEFFnumber,title,artists,album,liked at,link,uri\r\n',
    between: '',
    end: '',
    row(song, number) {
      const { title, artists, album, likedAt, link, uri } = written(song)
      return `${[String(number), title, artists.join(', '), album, likedAt ?? '', link ?? '', uri ?? ''].map(cell).join(',')}\r\n`
    },
  },
  json: {
    begin: '[\n',
    between: ',\n',
    end: '\n]\n',
    row: (song, number) => JSON.stringify({ number, ...written(song) }),
  },
}

/**
 * All known songs of a list, newest first, as files of at most `limit` bytes each, unless a single song takes more. One of
 * 40,000 songs is written without keeping anything else waiting for long. CSV: no cell begins with what makes spreadsheets
 * calculate; an apostrophe stands before that.
 */
export async function songFiles(segments: Segments, format: FileFormat, limit: number): Promise<Buffer[]> {
  const { begin, between, end, row } = layouts[format]
  const files: Buffer[] = []
  let pieces: Buffer[] = []
  let size = 0
  let written = 0
  for (const { song, number } of numbered(segments)) {
    const piece = Buffer.from(row(song, number))
    if (size > 0 && size + between.length + piece.length + end.length > limit) close()
    add(Buffer.from(size > 0 ? between : begin))
    add(piece)
    written += 1
    if (written % atOnce === 0) await turn()
  }
  if (size > 0) close()
  return files

  function add(piece: Buffer): void {
    pieces.push(piece)
    size += piece.length
  }

  function close(): void {
    add(Buffer.from(end))
    files.push(Buffer.concat(pieces))
    pieces = []
    size = 0
  }
}

function* numbered(segments: Segments) {
  let number = lengthOf(segments)
  for (const { pack, from, to } of segments)
    for (let index = from; index < to; index += 1, number -= 1) if (pack) yield { song: songIn(pack, index), number }
}

/** Text is as Spotify sent it, but for halves of characters. */
function written({ title, artists, album, addedAt, url, uri }: Song) {
  return {
    title: title.toWellFormed(),
    artists: artists.map((artist) => artist.toWellFormed()),
    album: album.toWellFormed(),
    likedAt: addedAt === undefined ? null : new Date(addedAt).toISOString().replace('.000Z', 'Z'),
    link: url ?? null,
    uri: uri.startsWith('missing:') ? null : uri.toWellFormed(),
  }
}

function cell(text: string): string {
  const inert = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
