import type { APIButtonComponent, ChatInputCommandInteraction } from 'discord.js'
import type { App } from '../context.ts'
import { linkButton, row } from './components.ts'
import type { Answer } from './song-list.ts'
import { timestamp } from './song.ts'

const day = 24 * 60 * 60 * 1000

/** The answer to somebody about themselves, once a day with a follow-up where their consent ends within two weeks. */
export async function withRenewal(app: App, interaction: ChatInputCommandInteraction, answer: Answer): Promise<Answer> {
  const person = interaction.user.id
  if (interaction.options.getUser('member')) return answer
  const end = app.accounts.endsSoon(person)
  if (end === undefined) return answer
  const [key] = app.crypto.hmacs(person, 'reminders')
  const about = { people: [person], kind: 'reminders', key, ttl: day }
  if (!(await app.temporaryRecords.create(about, true))) return answer
  const content = `Spotify ends your consent ${timestamp(end, 'R')}. Renewing it takes a minute and keeps every setting.`
  return { ...answer, followUp: { content, components: [row(await renewButton(app, person))] } }
}

/** Leads through the link flow once more, by the same Spotify app. The token is that of an ephemeral answer, which is changed once they have linked. */
export async function renewButton(app: App, person: string, interactionToken?: string): Promise<APIButtonComponent> {
  const clientId = await app.accounts.ownClientId(person)
  return linkButton('Renew', await app.invitations.create(person, interactionToken, { clientId }))
}
