import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChatInputCommandInteraction } from 'discord.js'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Progress } from '../roundups/roundups.ts'
import type { Reply } from '../command.ts'
import { button, row } from './components.ts'
import { collectingLine, roundupPage } from './roundup.ts'
import { previewId } from './roundup-id.ts'
import { joinPreview, joinedBody, scheduleLine, scheduleStatus } from './roundup-text.ts'
import { channelIn, settingsIn } from './roundup-settings.ts'

const defaultDays = 7
// What people were told when they joined.
const mostDays = 31
const day = 24 * 60 * 60 * 1000
const progressEvery = 2_000
const previewed = 3

/** What was saved in the last days, for everybody to see or for the caller; while it is collected, how far that is. */
export async function roundupNow(app: App, server: string, days: number | null, isPrivate: boolean): Promise<Reply> {
  if (days !== null && !(days >= 1 && days <= mostDays)) throw new UserError('Choose from 1 to 31 days.')
  const answer = { kind: 'message', ephemeral: isPrivate } as const
  const members = await app.roundups.members(server)
  if (members === 0)
    return {
      ...answer,
      content: 'Nobody takes part in the roundups of this server yet. `/roundup join` makes you the first.',
    }
  let progress: Progress = { done: 0, of: members }
  const id = `now-${randomBytes(9).toString('base64url')}`
  const collecting = app.roundups.collect(server, id, days ?? defaultDays, (latest) => (progress = latest))
  // Between two answers nobody waits for it.
  collecting.catch(() => undefined)
  return next()

  async function next(): Promise<Reply> {
    const page = await Promise.race([collecting, sleep(progressEvery)])
    if (!page) return { ...answer, content: collectingLine(progress), continueWith: next }
    const shown = { ...answer, ...roundupPage(page) }
    return isPrivate ? shown : { ...shown, onSent: (message) => app.roundups.recordMessage(page, message) }
  }
}

/** A page of a roundup in place of the one that was pressed. */
export async function roundupAtPage(app: App, server: string | null, id: string, number: number): Promise<Reply> {
  const page = (await app.roundups.page(id, number)) ?? (await app.roundups.page(id, 1))
  if (!page)
    throw new UserError(
      'This roundup is more than a week old, so its pages turn no longer. `/roundup now` makes a fresh one.',
    )
  if (page.server !== server) throw new UserError('This roundup belongs to another server.')
  const shown = number > page.pages ? ((await app.roundups.page(id, page.pages)) ?? page) : page
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

/** What joining would mean, with one's own part as it is today; for somebody who takes part, that. */
export async function joinQuestion(app: App, person: string, server: string): Promise<Reply> {
  if (await app.roundups.takesPart(person, server)) return { kind: 'message', ephemeral: true, ...joinedBody(false) }
  const { songs } = await app.library.newest(person, { offset: 0 })
  const lately = songs.filter(({ addedAt = 0 }) => addedAt > Date.now() - defaultDays * day)
  return { kind: 'message', ephemeral: true, ...joinPreview(lately.slice(0, previewed)) }
}

/** Sets up the weekly roundup. Rejects with UserError for what cannot be. */
export async function scheduleRoundup(
  app: App,
  interaction: ChatInputCommandInteraction,
  server: string,
): Promise<Reply> {
  const channel = channelIn(interaction)
  const schedule = await app.roundups.setUp(server, settingsIn(interaction, channel), interaction.user.id)
  const lines = [scheduleLine(schedule)]
  if (!channel.canReadHistory)
    lines.push(
      `-# With Read Message History in <#${channel.id}> I could make sure after a crash that nothing is posted twice.`,
    )
  const preview = button('Preview', previewId)
  return { kind: 'message', ephemeral: true, content: lines.join('\n'), components: [row(preview)] }
}

/** The schedule and who takes part, for the caller. */
export async function roundupStatus(app: App, person: string, server: string): Promise<Reply> {
  const [schedule, members, takesPart] = await Promise.all([
    app.roundups.schedule(server),
    app.roundups.members(server),
    app.roundups.takesPart(person, server),
  ])
  const weekly = schedule
    ? scheduleStatus(schedule)
    : 'No weekly roundup is set up here. `/roundup schedule` does that, for whoever may manage the server.'
  const who = members === 1 ? '1 member takes part' : `${members} members take part`
  const self = takesPart ? 'You take part.' : 'You take no part; `/roundup join` changes that.'
  return { kind: 'message', ephemeral: true, content: [weekly, `${who}. ${self}`].join('\n') }
}
