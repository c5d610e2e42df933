import { setTimeout as sleep } from 'node:timers/promises'
import { ComponentType } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import type { DayUsage } from '../spotify/rate-limit/day-usage.ts'
import { row, type ActionRow } from './components.ts'
import { linkingButton, type LinkedFrom } from './link-offer.ts'
import { plainText, sanitize } from './sanitize.ts'
import { encodeShareRequestId } from './share-request.ts'
import { accent } from './song-list.ts'
import { timestamp } from './song.ts'

// As many as a select holds. Once some have been ended, the others appear.
const most = 25

interface NamedServer {
  readonly id: string
  readonly name: string | undefined
}

interface Allowed extends NamedServer {
  readonly shares: boolean
  readonly roundups: boolean
}

/**
 * The person's connection and all that they have allowed, each with a way to end it from anywhere; also for somebody
 * whose link is gone. Rejects with NotLinkedError where there is neither. The interaction is the one whose ephemeral answer this is.
 */
export async function accountStatus(app: App, interaction: LinkedFrom, t: Translate): Promise<MessageBody> {
  const { guildId: server, token } = interaction
  const person = interaction.user.id
  const [shared, joined] = await Promise.all([app.sharing.servers(person), app.roundups.servers(person)])
  const all = [...new Set([...shared, ...joined])].toSorted((a, b) => Number(b === server) - Number(a === server))
  const allowed = (await nameServers(app, all)).map((one): Allowed => {
    return { ...one, shares: shared.includes(one.id), roundups: joined.includes(one.id) }
  })
  const link = all.length > 0 ? await app.accounts.find(person) : await app.accounts.get(person)
  const usage = link && (await usageOf(app, link.clientId))
  const isSharedHere = server !== null && shared.includes(server)
  const ends = link && app.accounts.consentEnds(link)
  const lines = [
    ...(link && ends !== undefined
      ? [
          t('account.linked', { name: sanitize(link.spotifyName, 100), since: timestamp(link.authorizedAt, 'D') }),
          t('account.until', { date: timestamp(ends, 'D'), when: timestamp(ends, 'R') }),
        ]
      : [t('account.notLinked')]),
  ]
  const isInRoundups = server !== null && joined.includes(server)
  const here = t(isSharedHere ? 'account.sharedHere' : isInRoundups ? 'account.roundupsHere' : 'account.notHere')
  const used = usage && usageLines(usage, link.ownApp ?? false, t)
  const said = (...shared: string[]): string =>
    [lines.join('\n'), shared.join('\n').trim(), ...(used ? [used] : [])].join('\n\n')
  const list = [...allowed.map((one) => lineOf(app, one, t)), ...moreServers(all.length, t)].join('\n')
  const whole = said(here, list)
  const fits = whole.length <= 2000
  return {
    content: fits ? whole : said(here),
    embeds: fits ? [] : [{ color: accent, description: list }],
    components: [
      row(await linkingButton(app, interaction, t(link ? 'button.renew' : 'button.link'), token)),
      ...selectServer(
        t('account.stop'),
        encodeShareRequestId('stop', person),
        allowed.filter(({ shares }) => shares),
        t,
      ),
      ...selectServer(
        t('account.leave'),
        encodeShareRequestId('leave', person),
        allowed.filter(({ roundups }) => roundups),
        t,
      ),
    ],
  }
}

/** Undefined where the store does not say it soon. */
async function usageOf({ spotify }: App, clientId: string): Promise<DayUsage | undefined> {
  return Promise.race([spotify.for(clientId).limiter.usage(), sleep(500, undefined, { ref: false })])
}

/** In small print: how many of how many, and what for. */
function usageLines({ used, by: { page, library, roundup, account }, limit }: DayUsage, ownApp: boolean, t: Translate) {
  const all = t(ownApp ? 'account.usage.ownApp' : 'account.usage', { used, limit })
  return `-# ${all}\n-# ${t('account.usage.split', { page, library, roundup, account })}`
}

/** As many as a list shows, with their names where Discord tells them. */
export function nameServers(app: App, servers: readonly string[]): Promise<NamedServer[]> {
  return Promise.all(servers.slice(0, most).map(async (id) => ({ id, name: await app.guilds.nameOf(id) })))
}

/** The line for those that a list does not show. */
export function moreServers(all: number, t: Translate): string[] {
  return all > most ? [`- ${t('account.andMore', { count: all - most })}`] : []
}

export function serverName({ channelsUrl }: App, { id, name }: NamedServer, t: Translate): string {
  if (name !== undefined) return `**${sanitize(name, 60)}**`
  return `[${t('account.unseen')}](${channelsUrl}/${id})`
}

function lineOf(app: App, { shares, roundups, ...server }: Allowed, t: Translate): string {
  const what = [...(shares ? [t('account.lookedUp')] : []), ...(roundups ? [t('account.roundups')] : [])]
  return `- ${serverName(app, server, t)}: ${what.join(', ')}`
}

/** A select of servers; nothing where there are none. */
export function selectServer(
  placeholder: string,
  custom_id: string,
  servers: readonly NamedServer[],
  t: Translate,
): ActionRow[] {
  const options = servers.map(({ id, name = '' }) => ({
    label: plainText(name, 100) || t('account.server', { id }),
    value: id,
  }))
  return options.length > 0 ? [row({ type: ComponentType.StringSelect, custom_id, placeholder, options })] : []
}
