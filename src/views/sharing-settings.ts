import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { moreServers, nameServers, selectServer, serverName } from './account-status.ts'
import { button, row } from './components.ts'
import { encodeShareRequestId } from './share-request.ts'

/** Who may look the person up in this server, and where else; with the buttons that change it. */
export async function sharingSettings(
  person: string,
  server: string | null,
  app: App,
  t: Translate,
): Promise<MessageBody> {
  const shared = await app.sharing.servers(person)
  const elsewhere = shared.filter((id) => id !== server)
  const others = await nameServers(app, elsewhere)
  const listed = [...others.map((one) => `- ${serverName(app, one, t)}`), ...moreServers(elsewhere.length, t)]
  const list = others.length > 0 ? ['', t('share.elsewhere'), ...listed] : []
  const end = selectServer(t('account.stop'), encodeShareRequestId('end', person), others, t)
  if (server === null) {
    if (others.length === 0) throw new UserError('share.inServer.choose')
    return { content: [t('share.inServer.choose'), ...list].join('\n'), components: end }
  }
  const isShared = shared.includes(server)
  const [takesPart, quiet] = await Promise.all([app.roundups.takesPart(person, server), app.questions.quietIn(person)])
  const isQuiet = quiet.includes(server)
  // Somebody who shares may stop, also when Spotify has ended the link.
  if (shared.length === 0 && !takesPart && !isQuiet) await app.accounts.get(person)
  const choice = (label: string, action: 'hide' | 'share', isInForce: boolean) =>
    button(isInForce ? `✓ ${label}` : label, encodeShareRequestId(action, person), { disabled: isInForce })
  const nobody = takesPart ? 'share.nobody.roundups' : 'share.nobody.now'
  const lines = [t(isShared ? 'share.here' : nobody), ...(isQuiet ? [t('share.quiet.now')] : []), ...list]
  return {
    content: lines.join('\n'),
    components: [
      row(
        choice(t('share.nobody'), 'hide', !isShared && !takesPart),
        choice(t('share.thisServer'), 'share', isShared),
        ...(isQuiet ? [button(t('share.listen'), encodeShareRequestId('listen', person))] : []),
      ),
      ...end,
    ],
  }
}
