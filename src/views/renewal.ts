import type { ChatInputCommandInteraction } from 'discord.js'
import type { App } from '../context.ts'
import { linkOffer } from './link-offer.ts'
import type { Answer } from './song-list.ts'
import { timestamp } from './song.ts'

/** The answer; to somebody about themselves, once a day with an ephemeral follow-up where their consent ends soon. */
export async function withRenewal(app: App, interaction: ChatInputCommandInteraction, answer: Answer): Promise<Answer> {
  const person = interaction.user.id
  const end = app.accounts.endsSoon(person)
  if (end === undefined || interaction.options.getUser('member')) return answer
  const [key] = app.crypto.hmacs(person, 'reminders')
  const about = { people: [person], kind: 'reminders', key, ttl: 24 * 60 * 60 * 1000 }
  const t = app.languages.memo(interaction.locale)
  const renewing = async () =>
    (await app.temporaryRecords.create(about, true)) ? linkOffer(app, interaction, t('button.renew')) : undefined
  // The answer is worth more than the reminder, also where the store is full.
  const renew = await renewing().catch(() => undefined)
  if (!renew) return answer
  const content = t('renewal.soon', { date: timestamp(end, 'D'), when: timestamp(end, 'R') })
  return { ...answer, followUp: { content, ...renew, followUp: answer.followUp } }
}
