import { ChannelType, PermissionFlagsBits, PermissionsBitField, type ChatInputCommandInteraction } from 'discord.js'
import { UserError } from '../errors.ts'
import type { Settings } from '../roundups/roundups.ts'
import { timezoneNamed } from './dates.ts'
import { dayNamed } from './roundup-text.ts'
import { isBotHere } from './song-options.ts'

/** @throws UserError for somebody who may not decide for the server. */
export function checkManager({ memberPermissions }: ChatInputCommandInteraction): void {
  if (memberPermissions?.has(PermissionFlagsBits.ManageGuild)) return
  throw new UserError('Only members with the permission Manage Server can do this.')
}

export function settingsIn({ options }: ChatInputCommandInteraction, channel: RoundupChannel): Settings {
  const weekday = dayNamed(options.getString('weekday') ?? '')
  if (weekday === undefined) throw new UserError('Choose a day of the week, such as Friday.')
  const hour = options.getInteger('hour') ?? -1
  if (hour < 0 || hour > 23) throw new UserError('An hour is a number from 0 to 23.')
  const timezone = timezoneNamed(options.getString('timezone') ?? '')
  if (timezone === undefined)
    throw new UserError(
      'That is no timezone that I know. Type a city, and choose from the list: Europe/Berlin for example.',
    )
  return { channel: channel.id, weekday, hour, timezone, skipEmpty: options.getBoolean('skip-empty') ?? false }
}

const threads: readonly ChannelType[] = [ChannelType.PublicThread, ChannelType.AnnouncementThread]

/** Where roundups can be posted. */
export const postable = [
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.PublicThread,
  ChannelType.AnnouncementThread,
] as const

interface RoundupChannel {
  readonly id: string
  /** Whether the bot may find a roundup there again that a process has posted before it died. */
  readonly canReadHistory: boolean
}

/** The chosen channel. @throws UserError where the bot cannot post, as far as Discord says */
export function channelIn({ options }: ChatInputCommandInteraction): RoundupChannel {
  const channel = options.getChannel('channel')
  if (!channel || !postable.some((type) => type === channel.type))
    throw new UserError('Choose a text channel: roundups cannot stand in this one.')
  const { id, type } = channel
  const permissions = permissionsIn(channel)
  if (!permissions) return { id, canReadHistory: true }
  const needed: [string, bigint][] = [
    ['View Channel', PermissionFlagsBits.ViewChannel],
    threads.includes(type)
      ? ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads]
      : ['Send Messages', PermissionFlagsBits.SendMessages],
    ['Embed Links', PermissionFlagsBits.EmbedLinks],
  ]
  const missing = needed.filter(([, bit]) => !permissions.has(bit)).map(([name]) => name)
  if (missing.length > 0)
    throw new UserError(`I cannot post in <#${id}> yet. Please give me there: ${missing.join(', ')}.`)
  return { id, canReadHistory: permissions.has(PermissionFlagsBits.ReadMessageHistory) }
}

/** What the bot may do there; undefined where Discord does not say. */
function permissionsIn(channel: object): Readonly<PermissionsBitField> | undefined {
  if ('appPermissions' in channel && channel.appPermissions instanceof PermissionsBitField)
    return channel.appPermissions
  // Without a cached server discord.js leaves the channel as Discord sent it.
  const sent = 'app_permissions' in channel ? String(channel.app_permissions) : ''
  return /^\d{1,20}$/.test(sent) ? new PermissionsBitField(BigInt(sent)) : undefined
}

/** The server that a roundup is for. @throws UserError where the bot is no member */
export function serverOf(interaction: ChatInputCommandInteraction): string {
  const { guildId } = interaction
  if (guildId === null || !isBotHere(interaction)) throw new UserError(onlyInServers)
  return guildId
}

export const onlyInServers = 'Roundups are for servers that Hearsay was added to.'
export const noSchedule = 'No weekly roundup is set up here. `/roundup schedule` does that.'
