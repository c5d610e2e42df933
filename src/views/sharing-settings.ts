import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import { button, row } from './components.ts'
import { encodeShareRequestId } from './share-request.ts'

/** Who may look the person up in this server, and the buttons that change it. */
export async function sharingSettings(person: string, server: string | null, app: App): Promise<MessageBody> {
  if (server === null)
    throw new UserError('Sharing is set for each server. Use `/account sharing` in the one that you mean.')
  const shared = await app.sharing.shares(person, server)
  const takesPart = await app.roundups.takesPart(person, server)
  // Somebody who shares may stop, also when Spotify has ended the link.
  if (!shared && !takesPart) await app.accounts.get(person)
  return {
    content: shared
      ? 'The members of **this server** may look up your liked songs, and turn their pages.'
      : '**Nobody** may look up your liked songs here.' + (takesPart ? roundupToo : ''),
    components: [
      row(
        button('Nobody', encodeShareRequestId({ action: 'hide', owner: person }), {
          style: shared ? 'secondary' : 'primary',
        }),
        button('This server', encodeShareRequestId({ action: 'share', owner: person }), {
          style: shared ? 'primary' : 'secondary',
        }),
      ),
    ],
  }
}

const roundupToo = ' You take part in its roundups, though: **Nobody** ends that as well.'
