import { setTimeout as sleep } from 'node:timers/promises'
import { ComponentType } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import type { DayUsage } from '../spotify/rate-limit/day-usage.ts'
import { row, type ActionRow } from './components.ts'
import { renewButton } from './renewal.ts'
import { plainText, sanitize } from './sanitize.ts'
import { encodeShareRequestId } from './share-request.ts'
import { accent } from './song-list.ts'
import { counted, timestamp } from './song.ts'

// As many as a select holds. Once some have been ended, the others appear.
const most = 25

interface Allowed {
  readonly id: string
  readonly name: string | undefined
  readonly shares: boolean
  readonly roundups: boolean
}

/**
 * The person's connection and all that they have allowed, each with a way to end it from anywhere; also for somebody
 * whose link is gone. Rejects with NotLinkedError where there is neither. The token is that of the ephemeral answer.
 */
export async function accountStatus(
  app: App,
  { person, server, token }: { readonly person: string; readonly server: string | null; readonly token: string },
): Promise<MessageBody> {
  const [shared, joined] = await Promise.all([app.sharing.servers(person), app.roundups.servers(person)])
  const all = [...new Set([...shared, ...joined])].toSorted((a, b) => Number(b === server) - Number(a === server))
  const allowed = await Promise.all(
    all.slice(0, most).map(async (id): Promise<Allowed> => {
      return { id, name: await app.guilds.nameOf(id), shares: shared.includes(id), roundups: joined.includes(id) }
    }),
  )
  const link = all.length > 0 ? await app.accounts.find(person) : await app.accounts.get(person)
  const usage = link && (await usageOf(app, link.clientId))
  const here = server !== null && shared.includes(server) ? 'shared in this server' : 'not shared here'
  const ends = link && app.accounts.consentEnds(link)
  const lines = [
    ...(link && ends !== undefined
      ? [
          `Linked as **${sanitize(link.spotifyName, 100)}** on Spotify since ${timestamp(link.authorizedAt, 'D')}.`,
          `Spotify ends this consent ${timestamp(ends, 'R')}, on ${timestamp(ends, 'D')}. Renewing it keeps every setting.`,
        ]
      : ['You are not linked any more, so nothing of yours is shown. `/link` connects you again.']),
    `Your liked songs are ${here}.`,
    ...(usage ? [usageLine(usage)] : []),
  ]
  const left =
    all.length > most ? [`- and ${counted(all.length - most, 'more server')}, listed once you have ended some`] : []
  const list = [...allowed.map(lineOf), ...left].join('\n')
  const whole = [...lines, list].join('\n').trim()
  const fits = whole.length <= 2000
  return {
    content: fits ? whole : lines.join('\n'),
    embeds: fits ? [] : [{ color: accent, description: list }],
    components: [
      row(await renewButton(app, person, token)),
      ...select(
        'Stop sharing in…',
        encodeShareRequestId('stop', person),
        allowed.filter(({ shares }) => shares),
      ),
      ...select(
        'Leave the roundups of…',
        encodeShareRequestId('leave', person),
        allowed.filter(({ roundups }) => roundups),
      ),
    ],
  }
}

/** Undefined where the store does not say it soon. */
async function usageOf({ spotify }: App, clientId: string): Promise<DayUsage | undefined> {
  return Promise.race([spotify.for(clientId).limiter.usage(), sleep(500, undefined, { ref: false })])
}

function usageLine({ used, by: { page, library, roundup, account }, limit, kind }: DayUsage): string {
  const number = (count: number): string => count.toLocaleString('en-US')
  const parts = `${number(page)} for pages, ${number(library)} for whole libraries, ${number(roundup)} for roundups, ${number(account)} for accounts`
  return `Spotify requests in the last 24 hours: ${number(used)} of ${number(limit)} (${parts}), by everybody linked through the same Spotify app as you. ${origins[kind]}`
}

const origins: Readonly<Record<DayUsage['kind'], string>> = {
  set: 'That limit is set for this bot.',
  learned: 'I learned that limit when Spotify refused more.',
  assumed: 'Spotify names no limit, so I assume this one before I read a whole library.',
}

function lineOf({ id, name, shares, roundups }: Allowed): string {
  const where =
    name === undefined ? `[A server that I can't see](https://discord.com/channels/${id})` : `**${sanitize(name, 60)}**`
  const what = [
    ...(shares ? ['members can look up your songs'] : []),
    ...(roundups ? ['your songs are in its roundups'] : []),
  ]
  return `- ${where}: ${what.join(', ')}`
}

function select(placeholder: string, custom_id: string, servers: readonly Allowed[]): ActionRow[] {
  const options = servers.map(({ id, name = '' }) => ({ label: plainText(name, 100) || `Server ${id}`, value: id }))
  return options.length > 0 ? [row({ type: ComponentType.StringSelect, custom_id, placeholder, options })] : []
}
