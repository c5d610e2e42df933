import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConsentEndedError, NotLinkedError } from '../accounts/errors.ts'
import type { MessageBody, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { button, row } from './components.ts'
import { linkedFor } from './link-offer.ts'
import { roundupPage, roundupPart } from './roundup.ts'
import { localeIn, type Around } from './roundup-layout.ts'
import { joinAllId, leaveId } from './roundup-id.ts'
import { accent } from './song-list.ts'
import { songLines, timestamp } from './song.ts'

const defaultDays = 7
const day = 24 * 60 * 60 * 1000

interface NowOptions {
  readonly around?: Around
  readonly hideExplicit?: boolean
  /** The language of the card, where it is not that of what is around it. */
  readonly locale?: string | undefined
}

/** What was saved in the last days, for everybody to see or for the caller; while it is collected, how far that is. */
export async function roundupNow(
  app: App,
  person: string,
  server: string,
  days: number | null,
  ephemeral: boolean,
  t: Translate,
  { around = {}, hideExplicit = false, locale = t.locale }: NowOptions = {},
): Promise<Reply> {
  // What people were told when they joined.
  if (days !== null && !(days >= 1 && days <= 31)) throw new UserError('roundup.days')
  const answer = { kind: 'message', ephemeral } as const
  const members = await app.roundups.members(server)
  if (members === 0) return { ...said(t('roundup.empty')), components: around.below ?? [] }
  const wait = await app.roundups.claimNow(person, server)
  if (wait) {
    const values = { most: wait.most, when: timestamp(wait.until, 'R') }
    throw new UserError(wait.by === 'person' ? 'roundup.asked.person' : 'roundup.asked.server', values)
  }
  let progress = { done: 0, of: members }
  const window = days ?? defaultDays
  // What one person sees does not take the place of what others do.
  const id = `${ephemeral ? 'own' : 'now'}-${window}-${hideExplicit ? 'x-' : ''}${randomBytes(6).toString('hex')}-${server}`
  const collecting = app.roundups.collect(server, id, window, (done, of) => (progress = { done, of }), {
    hideExplicit,
    locale,
  })
  // Between two answers nobody waits for it.
  collecting.catch(() => undefined)
  return next()

  async function next(): Promise<Reply> {
    const page = await Promise.race([collecting, sleep(2_000)])
    if (!page) {
      const { done, of: count } = progress
      return { ...said(t('roundup.collecting', { done, count })), continueWith: next }
    }
    const shown = { ...answer, ...roundupPage(page, app.languages.memo(locale), around) }
    if (ephemeral) return shown
    return { ...shown, onSent: (message) => persistently(() => app.roundups.recordMessage(page, message)) }
  }

  function said(text: string) {
    // Buttons that are pressed while it is collected would come back with it.
    const { above } = around
    return { ...answer, content: above === undefined ? text : `${above}\n\n${text}`, components: [] }
  }
}

/** What is not noted stays in the chat when somebody leaves, so a store that is away for a moment is asked again. */
async function persistently(work: () => Promise<void>): Promise<void> {
  for (const pause of [1_000, 5_000, 25_000]) {
    try {
      return await work()
    } catch {
      await sleep(pause, undefined, { ref: false })
    }
  }
  return work()
}

/** A page of a roundup in place of the one that was pressed. */
export async function roundupAtPage(
  app: App,
  server: string,
  id: string,
  number: number,
  t: Translate,
  around: Around = {},
): Promise<Reply> {
  ofServer(id, server)
  const shown = await app.roundups.page(server, id, number)
  if (!shown) throw new UserError('roundup.old')
  const words = app.languages.memo(localeIn(around) ?? shown.locale ?? t.locale)
  return {
    kind: 'update',
    ...roundupPage(shown, words, around),
    // Somebody who left while the page was on its way is not to come back with it.
    async continueWith() {
      const current = await app.roundups.changed(shown)
      return current && { kind: 'update', ...roundupPage(current, words, around) }
    },
  }
}

/** Everything that one of them has saved, for the caller alone: as an answer, or in the place of another page of it. */
export async function partAtPage(
  app: App,
  server: string,
  { id, person, action }: { readonly id: string; readonly person: string; readonly action?: unknown },
  number: number,
  t: Translate,
): Promise<Reply> {
  ofServer(id, server)
  const part = await app.roundups.personPage(server, id, person, number)
  if (part) return { ...(action ? { kind: 'update' } : { kind: 'message', ephemeral: true }), ...roundupPart(part, t) }
  if (!(await app.roundups.page(server, id, 1))) throw new UserError('roundup.old')
  throw new UserError('roundup.part.gone', { person: `<@${person}>` })
}

function ofServer(id: string, server: string): void {
  if (!id.endsWith(`-${server}`) && /-\d{17,20}$/.test(id)) throw new UserError('roundup.otherServer')
}

/** What joining would mean, or showing everything, with one's own part as it is today; for somebody who does, that. */
export async function joinQuestion(app: App, person: string, server: string, t: Translate): Promise<Reply> {
  const answer = { kind: 'message', ephemeral: true } as const
  const isIn = await app.roundups.takesPart(person, server)
  // Whose connection has ended needs a new one first, which has joined nothing.
  if (isIn) await linkedFor({ key: 'roundup.join.ended' }, app.accounts.get(person).catch(asNotLinked))
  if (isIn && (await app.roundups.showsAll(person, server)))
    return { ...answer, ...joinedBody('roundup.joinedAlready', t) }
  if (!isIn && (await app.roundups.isBlocked(person, server))) throw new UserError('roundup.blocked')
  const newest = app.library.newest(person, { offset: 0 })
  const { songs, total } = await linkedFor({ key: 'roundup.join.notLinked' }, newest)
  const lately = songs.filter(({ addedAt = 0 }) => addedAt > Date.now() - defaultDays * day)
  const part = lately.length > 0 ? lately.map((song) => songLines(song, t)) : [t('roundup.part.empty')]
  if (lately.length === songs.length && lately.length < total) part.push(`-# ${t('roundup.part.more')}`)
  const description = [`**${t(isIn ? 'roundup.part.all' : 'roundup.part')}**`, ...part].join('\n')
  const joining = { content: t('roundup.shows'), components: [row(button(t('button.joinRoundups'), joinAllId))] }
  return {
    ...answer,
    ...(isIn ? joinedBody('roundup.fewer', t) : joining),
    embeds: [
      { color: accent, description, footer: { text: 'Spotify', ...(app.logoUrl && { icon_url: app.logoUrl }) } },
    ],
  }
}

function asNotLinked(error: unknown): never {
  throw error instanceof ConsentEndedError ? new NotLinkedError() : error
}

/** For somebody who has joined; `fewer`: with what 0.1.0 told. */
export function joinedBody(key: `roundup.${'joined' | 'joinedAlready' | 'fewer'}`, t: Translate): MessageBody {
  const more = key === 'roundup.fewer' ? [button(t('button.showAll'), joinAllId)] : []
  return { content: t(key), components: [row(...more, button(t('button.leave'), leaveId))] }
}

export function leftLine(tookPart: boolean, t: Translate): string {
  return t(tookPart ? 'roundup.left' : 'roundup.notIn')
}
