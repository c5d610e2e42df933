import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChatInputCommandInteraction } from 'discord.js'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Progress, RoundupPage } from '../roundups/roundups.ts'
import type { Reply } from '../command.ts'
import { button, row } from './components.ts'
import { collectingLine, roundupPage } from './roundup.ts'
import { joinPreview, joinedBody, pausedLine, previewId, scheduleLine } from './roundup-text.ts'
import { canReadHistory, channelIn, settingsIn } from './roundup-settings.ts'

const defaultDays = 7
// What people were told when they joined.
const mostDays = 31
const day = 24 * 60 * 60 * 1000
const progressEvery = 2_000
const previewed = 3

/** What was saved in the last days, for everybody to see or for the caller; while it is collected, how far that is. */
export async function roundupNow(app: App, server: string, days: number | null, isPrivate: boolean): Promise<Reply> {
  if (days !== null && !(days >= 1 && days <= mostDays)) throw new UserError('Choose from 1 to 31 days.')
  const members = await app.roundups.members(server)
  if (members === 0) return { kind: 'message', ephemeral: isPrivate, content: nobody }
  let progress: Progress = { done: 0, of: members }
  const id = `now-${randomBytes(9).toString('base64url')}`
  const sheet = app.roundups.collect(server, id, days ?? defaultDays, (latest) => (progress = latest))
  // Between two looks nobody waits for it.
  sheet.catch(() => undefined)
  const look = async (): Promise<Reply> => {
    const done = await Promise.race([sheet, sleep(progressEvery)])
    if (!done) return { kind: 'message', ephemeral: isPrivate, content: collectingLine(progress), continueWith: look }
    return page(app, done, isPrivate)
  }
  return look()
}

/** A page of a roundup in place of the one that was pressed. */
export async function roundupAtPage(app: App, server: string | null, id: string, number: number): Promise<Reply> {
  const sheet = (await app.roundups.page(id, number)) ?? (await app.roundups.page(id, 1))
  if (!sheet)
    throw new UserError(
      'This roundup is more than a week old, so its pages turn no longer. `/roundup now` makes a fresh one.',
    )
  if (sheet.server !== server) throw new UserError('This roundup belongs to another server.')
  const shown = number > sheet.pages ? ((await app.roundups.page(id, sheet.pages)) ?? sheet) : sheet
  return { kind: 'update', ...roundupPage(shown), continueWith: () => changedSince(app, shown) }
}

/** Whoever left while a page was on its way is not to come back with it. */
async function changedSince(app: App, shown: RoundupPage): Promise<Reply | undefined> {
  const current = await app.roundups.changed(shown)
  return current && { kind: 'update', ...roundupPage(current) }
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
  const settings = settingsIn(interaction)
  const schedule = await app.roundups.setUp(server, settings, interaction.user.id)
  const preview = button('Preview', previewId)
  const channel = channelIn(interaction)
  const lines = [scheduleLine(schedule), ...(channel && !canReadHistory(channel) ? [wish(channel.id)] : [])]
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
    ? schedule.paused
      ? pausedLine(schedule)
      : scheduleLine(schedule)
    : 'No weekly roundup is set up here. `/roundup schedule` does that, for whoever may manage the server.'
  const who = members === 1 ? '1 member takes part' : `${members} members take part`
  const self = takesPart ? 'You take part.' : 'You take no part; `/roundup join` changes that.'
  return { kind: 'message', ephemeral: true, content: [weekly, `${who}. ${self}`].join('\n') }
}

const wish = (channel: string): string =>
  `-# With Read Message History in <#${channel}> I could make sure after a crash that nothing is posted twice.`
const nobody = 'Nobody takes part in the roundups of this server yet. `/roundup join` makes you the first.'

function page(app: App, sheet: RoundupPage, isPrivate: boolean): Reply {
  const message = { kind: 'message', ephemeral: isPrivate, ...roundupPage(sheet) } as const
  return isPrivate ? message : { ...message, onSent: (message) => app.roundups.recordMessage(sheet, message) }
}
