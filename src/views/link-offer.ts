import type { APIButtonComponentWithURL, BaseInteraction } from 'discord.js'
import type { App } from '../context.ts'
import type { MessageRef } from '../roundups/roundups.ts'
import { linkButton, row } from './components.ts'

/** Leads through the link flow, by the same Spotify app as before. The token is that of an ephemeral first answer, which is changed once they have linked. */
export async function linkingButton(
  app: App,
  person: string,
  label: string,
  token?: string,
): Promise<APIButtonComponentWithURL> {
  const clientId = await app.accounts.ownClientId(person)
  return linkButton(label, await app.invitations.createOrPlain(person, token, clientId))
}

/** Such a button under an ephemeral answer, first or not, which is changed once they have linked. Never rejects. */
export async function linkOffer(app: App, { user, token }: LinkedFrom, label: string) {
  const plain = linkButton(label, `${app.publicUrl}/link`)
  const offered = await linkingButton(app, user.id, label).catch(() => plain)
  return { components: [row(offered)], onSent: noteAnswer(app, offered.url, token) }
}

/** For the answer that such an address is in. */
export function noteAnswer({ invitations }: App, url: string, token: string) {
  return ({ message }: MessageRef): Promise<void> => invitations.noteAnswer(url, token, message)
}

type LinkedFrom = Pick<BaseInteraction, 'user' | 'token'>
