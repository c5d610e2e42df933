import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import { nameServers, serverName } from './account-status.ts'

/** What came of a removal. `keepOut`: whether they may not join from now on; null where that stays as it was. */
export function removedLine(
  person: string,
  { removed, keepOut, tell }: { readonly removed: boolean; readonly keepOut: boolean | null; readonly tell: boolean },
  t: Translate,
): string {
  const lines = [t(removed ? 'roundup.removed' : 'roundup.removed.notIn', { person: `<@${person}>` })]
  if (removed && tell) lines.push(t('roundup.removed.told'))
  if (keepOut !== null) lines.push(t(keepOut ? 'roundup.removed.blocked' : 'roundup.removed.lifted'))
  else if (removed) lines.push(t('roundup.removed.mayJoin'))
  return lines.join(' ')
}

/** For somebody whom managers have removed from roundups, where. */
export async function removalNews(app: App, servers: readonly string[], t: Translate): Promise<MessageBody> {
  const names = (await nameServers(app, servers)).map((server) => serverName(app, server, t))
  return { content: t('roundup.removed.news', { servers: names }) }
}
