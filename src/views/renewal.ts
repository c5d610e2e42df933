import { timestamp } from './moment.ts'
import type { APIButtonComponent } from 'discord-api-types/v10'
import type { App } from '../context.ts'
import type { MessageBody } from '../command.ts'
import { linkButton, row } from './components.ts'

const day = 24 * 60 * 60 * 1000

/** A private line for somebody whose consent ends within two weeks, once a day; undefined for everybody else. */
export async function renewalLine(app: App, person: string): Promise<MessageBody | undefined> {
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

/** Leads through the link flow once more, by the same Spotify app. The token: of a private answer that may become the news. */
export async function renewButton(
  app: App,
  person: string,
  interactionToken: string | undefined,
): Promise<APIButtonComponent> {
  const clientId = await app.accounts.ownClientId(person)
  return linkButton('Renew', await app.invitations.create(person, interactionToken, { clientId }))
}
