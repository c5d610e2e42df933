import type { APIButtonComponent, ChatInputCommandInteraction } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import { linkButton, row } from './components.ts'
import type { Answer } from './song-list.ts'
import { timestamp } from './song.ts'

const day = 24 * 60 * 60 * 1000

/** The answer to somebody about themselves, with an ephemeral follow-up where their consent ends soon. */
export async function withRenewal(
  app: App,
  { user, options }: ChatInputCommandInteraction,
  answer: Answer,
): Promise<Answer> {
  const isAboutSelf = options.getUser('member') === null
  return isAboutSelf ? { ...answer, followUp: await renewalLine(app, user.id) } : answer
}

/** For somebody whose consent ends within two weeks, once a day; undefined for everybody else. */
async function renewalLine(app: App, person: string): Promise<MessageBody | undefined> {
  const end = app.accounts.endsSoon(person)
  if (end === undefined) return undefined
  const [key] = app.crypto.hmacs(person, 'reminders')
  const about = { people: [person], kind: 'reminders', key, ttl: day }
  if (!(await app.temporaryRecords.create(about, true))) return undefined
  return {
    content: `Spotify ends your consent ${timestamp(end, 'R')}. Renewing it takes a minute and keeps every setting.`,
    components: [row(await renewButton(app, person, undefined))],
  }
}

/** Leads through the link flow once more, by the same Spotify app. The token is that of an ephemeral answer, which is changed once they have linked. */
export async function renewButton(app: App, person: string, token: string | undefined): Promise<APIButtonComponent> {
  const clientId = await app.accounts.ownClientId(person)
  return linkButton('Renew', await app.invitations.create(person, token, { clientId }))
}
