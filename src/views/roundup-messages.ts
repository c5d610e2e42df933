import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MessageBody, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import { button, row } from './components.ts'
import { roundupPage } from './roundup.ts'
import { joinId, leaveId } from './roundup-id.ts'
import { accent } from './song-list.ts'
import { count, counted, songLines, timestamp } from './song.ts'

const defaultDays = 7
const day = 24 * 60 * 60 * 1000

/** What was saved in the last days, for everybody to see or for the caller; while it is collected, how far that is. */
export async function roundupNow(
  app: App,
  person: string,
  server: string,
  days: number | null,
  ephemeral: boolean,
): Promise<Reply> {
  // What people were told when they joined.
  if (days !== null && !(days >= 1 && days <= 31)) throw new UserError('Choose from 1 to 31 days.')
  const answer = { kind: 'message', ephemeral } as const
  const members = await app.roundups.members(server)
  if (members === 0) {
    const content = 'Nobody takes part in the roundups of this server yet. `/roundup join` makes you the first.'
    return { ...answer, content }
  }
  const wait = await app.roundups.claimNow(person, server)
  if (wait) {
    const whose = wait.by === 'person' ? 'You have asked for' : 'This server has had'
    throw new UserError(
      `${whose} ${wait.most} roundups within an hour. I can make the next one ${timestamp(wait.until, 'R')}.`,
    )
  }
  let progress = { done: 0, of: members }
  const window = days ?? defaultDays
  // What one person sees does not take the place of what others do.
  const id = `${ephemeral ? 'own' : 'now'}-${window}-${randomBytes(6).toString('hex')}-${server}`
  const collecting = app.roundups.collect(server, id, window, (done, of) => (progress = { done, of }))
  // Between two answers nobody waits for it.
  collecting.catch(() => undefined)
  return next()

  async function next(): Promise<Reply> {
    const page = await Promise.race([collecting, sleep(2_000)])
    if (!page) {
      const content = `Collecting what was saved: ${count(progress.done)} of ${counted(progress.of, 'member')}.`
      return { ...answer, content, continueWith: next }
    }
    const shown = { ...answer, ...roundupPage(page) }
    if (ephemeral) return shown
    return { ...shown, onSent: (message) => persistently(() => app.roundups.recordMessage(page, message)) }
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
export async function roundupAtPage(app: App, server: string, id: string, number: number): Promise<Reply> {
  if (!id.endsWith(`-${server}`) && /-\d{17,20}$/.test(id))
    throw new UserError('This roundup belongs to another server.')
  const shown = await app.roundups.page(server, id, number)
  if (!shown)
    throw new UserError(
      'This roundup is more than a week old, so its pages turn no longer. `/roundup now` makes a fresh one.',
    )
  return {
    kind: 'update',
    ...roundupPage(shown),
    // Somebody who left while the page was on its way is not to come back with it.
    async continueWith() {
      const current = await app.roundups.changed(shown)
      return current && { kind: 'update', ...roundupPage(current) }
    },
  }
}

const shows =
  'Roundups show everybody in **this server** which songs you liked lately, with your name beside them: ' +
  'all that others liked too, and else your newest three, ' +
  'in `/roundup now`, and in the weekly post where there is one. Your other songs stay yours.'

/** What joining would mean, with one's own part as it is today; for somebody who takes part, that. */
export async function joinQuestion(app: App, person: string, server: string): Promise<Reply> {
  const answer = { kind: 'message', ephemeral: true } as const
  if (await app.roundups.takesPart(person, server))
    return { ...answer, ...joinedBody(`You take part already. ${shows}`) }
  const { songs } = await app.library.newest(person, { offset: 0 })
  const lately = songs.filter(({ addedAt = 0 }) => addedAt > Date.now() - defaultDays * day).slice(0, 3)
  const part = lately.length > 0 ? lately.map(songLines) : ['Nothing liked in the last seven days.']
  const description = ['**Your part today**', ...part].join('\n')
  return {
    ...answer,
    content: `${shows} You can leave at any time, and the roundups of the last week stop showing your songs too.`,
    embeds: [{ color: accent, description, footer: { text: 'Spotify' } }],
    components: [row(button('Join', joinId, { style: 'Success' }))],
  }
}

/** For somebody who takes part. */
export function joinedBody(content: string): MessageBody {
  return { content, components: [row(button('Leave', leaveId))] }
}

export function leftLine(tookPart: boolean): string {
  return tookPart
    ? "You left. Your songs are being removed from this week's roundups too. If I can't change one of them, I'll write to you."
    : 'You take no part in the roundups of this server.'
}
