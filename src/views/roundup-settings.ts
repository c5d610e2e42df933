import {
  ChannelType,
  PermissionFlagsBits,
  PermissionsBitField,
  type BaseInteraction,
  type ChatInputCommandInteraction,
} from 'discord.js'
import { UserError } from '../errors.ts'
import type { MessageKey, Translate } from '../i18n.ts'
import type { NoticeContent, Schedule, Settings } from '../roundups/roundups.ts'
import { timezoneNamed } from './dates.ts'
import { timestamp } from './song.ts'
import { isBotHere } from './song-options.ts'

/** The server that a roundup is for. @throws UserError where the bot is no member */
export function serverOf(interaction: ChatInputCommandInteraction): string {
  const { guildId } = interaction
  if (guildId === null || !isBotHere(interaction)) throw new UserError('schedule.onlyInServers')
  return guildId
}

/** The same, for somebody who may decide for it. @throws UserError for anybody else */
export function managedServerOf(interaction: ChatInputCommandInteraction): string {
  checkManages(interaction)
  return serverOf(interaction)
}

/** @throws UserError for somebody who may not decide for the server */
export function checkManages({ memberPermissions }: BaseInteraction): void {
  if (!memberPermissions?.has(PermissionFlagsBits.ManageGuild)) throw new UserError('schedule.manage')
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** The days to choose from, Monday first. */
export const dayChoices = [...days.slice(1), days[0]].map((name) => ({ name, value: name }))

const kinds = ['week', 'month'] as const

/** How often. */
export const kindChoices = kinds.map((name) => ({ name, value: name }))

const lines = { week: 'schedule.line.week', month: 'schedule.line.month' } as const
const skips = { week: 'schedule.skips.week', month: 'schedule.skips.month' } as const
const failures = { closed: 'schedule.failed.closed', refused: 'schedule.failed.refused' } as const

/** When and where the next one comes, in everybody's own time. */
export function scheduleLine(
  { channel, every, weekday, hour, timezone, dueAt, ...rest }: Schedule,
  t: Translate,
): string {
  const line = t(lines[every], {
    // The fourth of January 1970 was a Sunday.
    day: new Date(Date.UTC(1970, 0, 4 + weekday)),
    hour: `${String(hour).padStart(2, '0')}:00`,
    timezone,
    channel: `<#${channel}>`,
    date: timestamp(dueAt, 'F'),
    when: timestamp(dueAt, 'R'),
  })
  const quiet = rest.skipEmpty ? [t(skips[every])] : []
  return [line, ...quiet, ...(rest.hideExplicit ? [t('schedule.hidesExplicit')] : [])].join(' ')
}

/** The same, or why there is none. */
export function scheduleStatus(schedule: Schedule, t: Translate): string {
  const { paused, failed } = schedule
  const channel = `<#${schedule.channel}>`
  if (paused === 'channel closed' && failed === 'refused') return t('schedule.paused.refused', { channel })
  if (paused === 'channel closed') return t('schedule.paused.closed', { channel })
  if (paused !== null) return t('schedule.paused', { channel })
  return failed ? `${scheduleLine(schedule, t)}\n${t(failures[failed])}` : scheduleLine(schedule, t)
}

/** What somebody is told of a roundup in a direct message; true also where its schedule has been changed since. */
export function noticeText(
  { about, server, channel: id, message }: NoticeContent,
  t: Translate,
  channelsUrl: string,
): string {
  const channel = `<#${id}>`
  if (about === 'paused') return t('notice.paused', { channel })
  if (about === 'paused refused') return t('notice.pausedRefused', { channel })
  if (about === 'refused') return t('notice.refused', { channel })
  return t('notice.stays', { link: `${channelsUrl}/${server}/${id}/${message}` })
}

/** When it is to be posted. @throws UserError */
export function settingsIn({ options }: ChatInputCommandInteraction): Omit<Settings, 'channel'> {
  const every = kinds.find((kind) => kind === (options.getString('every') ?? 'week'))
  if (!every) throw new UserError('schedule.every')
  const weekday = days.findIndex((day) => day === options.getString('weekday'))
  if (weekday < 0) throw new UserError('schedule.day')
  const hour = options.getInteger('hour', true)
  if (hour < 0 || hour > 23) throw new UserError('schedule.hour')
  const timezone = timezoneNamed(options.getString('timezone', true))
  if (timezone === undefined) throw new UserError('schedule.timezone')
  const skipEmpty = options.getBoolean('skip-empty') ?? false
  return { every, weekday, hour, timezone, skipEmpty, hideExplicit: options.getBoolean('hide-explicit') ?? false }
}

const threads = [ChannelType.PublicThread, ChannelType.AnnouncementThread] as const

/** Where roundups can be posted. */
export const postable = [ChannelType.GuildText as const, ChannelType.GuildAnnouncement as const, ...threads]

/** The chosen channel, and whether the bot may read it. @throws UserError where it cannot post, as far as Discord says */
export function channelIn({ options }: ChatInputCommandInteraction, t: Translate) {
  const channel = options.getChannel('channel', true)
  const { id, type } = channel
  if (!postable.some((one) => one === type)) throw new UserError('schedule.channel')
  const permissions = permissionsIn(channel)
  if (!permissions) return { id, canReadHistory: true }
  const needed: [MessageKey, bigint][] = [
    ['permission.view', PermissionFlagsBits.ViewChannel],
    threads.some((one) => one === type)
      ? ['permission.threads', PermissionFlagsBits.SendMessagesInThreads]
      : ['permission.send', PermissionFlagsBits.SendMessages],
    ['permission.embed', PermissionFlagsBits.EmbedLinks],
  ]
  const missing = needed.filter(([, bit]) => !permissions.has(bit)).map(([key]) => t(key))
  if (missing.length > 0) throw new UserError('schedule.permissions', { channel: `<#${id}>`, permissions: missing })
  return { id, canReadHistory: permissions.has(PermissionFlagsBits.ReadMessageHistory) }
}

/** What the bot may do there; undefined where Discord does not say. */
function permissionsIn(channel: object): Readonly<PermissionsBitField> | undefined {
  if ('appPermissions' in channel && channel.appPermissions instanceof PermissionsBitField)
    return channel.appPermissions
  // Without a cached server discord.js leaves the channel as Discord sent it.
  const sent: unknown = Reflect.get(channel, 'app_permissions')
  return typeof sent === 'string' && /^\d{1,20}$/.test(sent) ? new PermissionsBitField(BigInt(sent)) : undefined
}
