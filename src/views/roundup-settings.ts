import { ChannelType, PermissionFlagsBits, PermissionsBitField, type ChatInputCommandInteraction } from 'discord.js'
import { UserError } from '../errors.ts'
import type { Settings } from '../roundups/roundups.ts'
import { timezoneNamed } from './dates.ts'
import { isBotHere } from './interaction-fields.ts'
import { dayNamed } from './roundup-text.ts'

/** @throws UserError for somebody who may not decide for the server. */
export function checkManager({ memberPermissions }: ChatInputCommandInteraction): void {
  if (memberPermissions?.has(PermissionFlagsBits.ManageGuild)) return
  throw new UserError('Only members with the permission Manage Server can do this.')
}

export function settingsIn(interaction: ChatInputCommandInteraction): Settings {
  const { options } = interaction
  const channel = channelIn(interaction)
  if (!channel || !isOneOf(postable, channel))
    throw new UserError('Choose a text channel: roundups cannot stand in this one.')
  const missing = missingIn(channel)
  if (missing.length > 0)
    throw new UserError(`I cannot post in <#${channel.id}> yet. Please give me there: ${missing.join(', ')}.`)
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

const threads = [ChannelType.PublicThread, ChannelType.AnnouncementThread] as const

/** Where roundups can be posted. */
export const postable = [ChannelType.GuildText, ChannelType.GuildAnnouncement, ...threads] as const

function isOneOf(types: readonly ChannelType[], { type }: RoundupChannel): boolean {
  return types.includes(type)
}

/** What the bot lacks in a channel to post there, as Discord names it; empty also where Discord does not say. */
function missingIn(channel: RoundupChannel): string[] {
  const { permissions } = channel
  const needed: [string, bigint][] = [
    ['View Channel', PermissionFlagsBits.ViewChannel],
    isOneOf(threads, channel)
      ? ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads]
      : ['Send Messages', PermissionFlagsBits.SendMessages],
    ['Embed Links', PermissionFlagsBits.EmbedLinks],
  ]
  return needed.filter(([, bit]) => permissions && !permissions.has(bit)).map(([name]) => name)
}

/** Whether the bot may find a roundup there again that a process has posted before it died. */
export function canReadHistory(channel: RoundupChannel): boolean {
  return channel.permissions?.has(PermissionFlagsBits.ReadMessageHistory) ?? true
}

interface RoundupChannel {
  readonly id: string
  readonly type: ChannelType
  /** What the bot may do there; undefined where Discord does not say. */
  readonly permissions: Readonly<PermissionsBitField> | undefined
}

/** The chosen channel: without a cache discord.js leaves it as Discord sent it. */
export function channelIn({ options }: ChatInputCommandInteraction): RoundupChannel | undefined {
  const channel = options.getChannel('channel')
  if (!channel) return undefined
  const sent = 'app_permissions' in channel ? channel.app_permissions : undefined
  const known = 'appPermissions' in channel ? channel.permissions : undefined
  const permissions = /^\d{1,20}$/.test(String(sent)) ? new PermissionsBitField(BigInt(String(sent))) : undefined
  return { id: channel.id, type: channel.type, permissions: known ?? permissions }
}

/** The server that a roundup is for. @throws UserError where the bot is no member */
export function serverOf(interaction: ChatInputCommandInteraction): string {
  const { guildId } = interaction
  if (guildId === null || !isBotHere(interaction)) throw new UserError(onlyInServers)
  return guildId
}

export const onlyInServers = 'Roundups are for servers that Hearsay was added to.'
export const noSchedule = 'No weekly roundup is set up here. `/roundup schedule` does that.'
