import type { APIButtonComponentWithURL, BaseInteraction } from 'discord.js'
import { localeField, ownField, policiesIn } from '../accounts/invitations.ts'
import { NotLinkedError } from '../accounts/errors.ts'
import type { App } from '../context.ts'
import type { Message, Translate } from '../i18n.ts'
import type { MessageRef } from '../roundups/roundups.ts'
import { linkButton, row } from './components.ts'

/** The interaction whose answer has an address for linking. */
export type LinkedFrom = Pick<BaseInteraction, 'user' | 'token' | 'guildId' | 'channelId' | 'locale'>

/** Leads through the link flow, by the same Spotify app as before. The token is that of an ephemeral first answer, which is changed once they have linked. */
export async function linkingButton(
  app: App,
  from: LinkedFrom,
  label: string,
  token?: string,
): Promise<APIButtonComponentWithURL> {
  const { id } = from.user
  const clientId = await app.accounts.ownClientId(id)
  return linkButton(label, await app.invitations.createOrPlain(id, token, { clientId, ...aboutAnswer(from) }))
}

/** Such a button under an ephemeral answer, first or not, which is changed once they have linked. Never rejects. */
export async function linkOffer(app: App, from: LinkedFrom, label: string) {
  const plain = linkButton(label, `${app.publicUrl}/link`)
  const offered = await linkingButton(app, from, label).catch(() => plain)
  return { components: [row(offered)], onSent: noteAnswer(app, offered.url, from) }
}

/** The same, to the guide to a Spotify app of their own. */
export async function ownAppOffer(app: App, from: LinkedFrom, label: string) {
  const { components, onSent } = await linkOffer(app, from, label)
  const [offered] = components.flatMap((one) => one.components)
  const url = offered && 'url' in offered ? offered.url : ''
  return { components: [row(linkButton(label, `${url}${url.includes('?') ? '&' : '?'}${ownField}`))], onSent }
}

/** Of the page that says what this is. */
export function homePageUrl({ publicUrl }: App, t: Translate): string {
  return `${publicUrl}/?${new URLSearchParams({ [localeField]: t.locale })}`
}

/** What people agree to by linking, in small print. */
export function policyLine({ policies }: App, t: Translate): string {
  return `-# ${t('policies.link', policiesIn(t.locale, policies))}`
}

/** Has somebody who is not linked told what they have to be linked for. */
export function linkedFor<Outcome>(purpose: Message, work: Promise<Outcome>): Promise<Outcome> {
  return work.catch((error: unknown) => {
    if (error instanceof NotLinkedError) error.purpose = purpose
    throw error
  })
}

/** For the answer that such an address is in. */
export function noteAnswer({ invitations }: App, url: string, { token }: Pick<LinkedFrom, 'token'>) {
  return ({ message }: MessageRef): Promise<void> => invitations.noteAnswer(url, token, message)
}

/** Where such an address is, for the way back, and for whom. */
export function aboutAnswer({ guildId, channelId, locale }: Pick<LinkedFrom, 'guildId' | 'channelId' | 'locale'>) {
  return { place: `${guildId ?? '@me'}/${channelId}`, locale }
}
