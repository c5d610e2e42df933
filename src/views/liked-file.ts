import type { AttachmentPayload, BaseInteraction } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { say, type Message, type Translate } from '../i18n.ts'
import type { WholeLibrary } from '../library/whole-library.ts'
import { lengthOf, songCount, unreadCount } from '../library/segments.ts'
import { fileFormats, songFiles, type FileFormat } from '../library/song-files.ts'
import { blockSize } from '../spotify/client.ts'
import { today } from './memories.ts'
import { readingLine } from './song-messages.ts'
import { asOfLine, mostLiked, unreadLine, type Answer } from './song-list.ts'

export const formatChoices = fileFormats.map((name) => ({ name, value: name }))

/** A reading that goes on for longer is left to the person to ask for again. */
const maxAttempts = 200
/** What Discord takes in one message: files, and bytes of all of them together. */
const mostFiles = 10
const mostBytes = 24 * 2 ** 20
/** Of a file, where Discord does not say. */
const usualLimit = 10 * 2 ** 20

type From = Pick<BaseInteraction, 'user' | 'attachmentSizeLimit'>

/** Somebody's own liked songs as a file, for them alone; while the library is being read, how far that is. */
export async function likedFile(
  app: App,
  from: From,
  format: FileFormat,
  t: Translate,
  attempt = 1,
  begun?: NonNullable<WholeLibrary['reading']>['done'],
): Promise<Answer> {
  const library = await app.library.whole(from.user.id, begun)
  const { segments, failure, isPartial, reading } = library
  const answer = { kind: 'message', ephemeral: true } as const
  if (reading) {
    const line = say(t, readingLine({ ...reading, asOf: library.asOf }, readSoFar(reading)))
    if (attempt === maxAttempts) return { ...answer, content: t('export.later', { reading: line }) }
    const continueWith = async () => likedFile(app, from, format, t, attempt + 1, reading.done)
    return { ...answer, content: line, continueWith }
  }
  // What a block or two hold is no library.
  if (failure && isPartial && songCount(segments) <= 2 * blockSize) throw failure
  if (lengthOf(segments) === 0) return { ...answer, content: t('liked.empty') }
  const limit = from.attachmentSizeLimit > 0 ? from.attachmentSizeLimit : usualLimit
  const files = await songFiles(segments, format, limit)
  const [first, ...others] = messagesWith(files, format, t)
  const about = [t('export.done', { count: songCount(segments) }), ...lacking(library, t)]
  const followUp = others.reduceRight<Answer['followUp']>((next, body) => ({ ...body, followUp: next }), undefined)
  return { ...answer, ...first, content: [...about, first?.content].filter(Boolean).join('\n'), followUp }
}

function readSoFar({ read, total }: NonNullable<WholeLibrary['reading']>): Message {
  const isCounted = total > 0 && total <= mostLiked
  return isCounted ? { key: 'export.soFar', values: { read, count: total } } : { key: 'search.reading' }
}

/** What is not in the file, or not up to date, and why. */
function lacking({ segments, asOf, failure }: WholeLibrary, t: Translate): string[] {
  const message = errorMessage(failure)?.message
  const reason = message && say(t, message)
  const unread = unreadCount(segments)
  return [
    ...(unread > 0 && (!reason || asOf !== undefined) ? [unreadLine(unread, t)] : []),
    ...(unread > 0 && reason && asOf === undefined ? [t('export.partial', { count: unread, reason })] : []),
    ...(asOf === undefined ? [] : [asOfLine(asOf, reason, t)]),
  ]
}

/** As few messages as Discord allows, each with what it holds where there are several files. */
function messagesWith(files: readonly Buffer[], format: FileFormat, t: Translate): MessageBody[] {
  const day = today()
  const messages: AttachmentPayload[][] = []
  let room = 0
  for (const [index, attachment] of files.entries()) {
    const part = files.length > 1 ? `-part-${index + 1}-of-${files.length}` : ''
    const last = messages.at(-1)
    const file = { name: `liked-songs-${day}${part}.${format}`, attachment }
    room -= attachment.length
    if (last && last.length < mostFiles && room >= 0) last.push(file)
    else {
      messages.push([file])
      room = mostBytes - attachment.length
    }
  }
  let past = 0
  return messages.map((some) => {
    const [from, to] = [past + 1, (past += some.length)]
    if (files.length === 1) return { files: some }
    const place = { from: String(from), to: String(to), parts: String(files.length) }
    return { files: some, content: t(from === to ? 'export.part' : 'export.parts', place) }
  })
}
