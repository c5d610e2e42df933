import { ChannelType, PermissionFlagsBits, PermissionsBitField, type ChatInputCommandInteraction } from 'discord.js'
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
  if (interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild)) return serverOf(interaction)
  throw new UserError('schedule.manage')
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** The days to choose from, Monday first. */
export const dayChoices = [...days.slice(1), days[0]].map((name) => ({ name, value: name }))

/** When and where the next one comes, in everybody's own time. */
export function scheduleLine({ channel, weekday, hour, timezone, dueAt, skipEmpty }: Schedule, t: Translate): string {
  return t(skipEmpty ? 'schedule.line.skipEmpty' : 'schedule.line', {
    // The fourth of January 1970 was a Sunday.
    day: new Date(Date.UTC(1970, 0, 4 + weekday)),
    hour: `${String(hour).padStart(2, '0')}:00`,
    timezone,
    channel: `<#${channel}>`,
    date: timestamp(dueAt, 'F'),
    when: timestamp(dueAt, 'R'),
  })
}

/** The same, or why there is none. */
export function scheduleStatus(schedule: Schedule | undefined, t: Translate): string {
  if (!schedule) return t('schedule.none.status')
  const { paused, failed } = schedule
  if (paused === 'by somebody') return t('schedule.paused')
  const channel = `<#${schedule.channel}>`
  if (paused === 'channel closed' && failed === 'refused') return t('schedule.paused.refused', { channel })
  if (paused === 'channel closed') return t('schedule.paused.closed', { channel })
  return failed ? `${scheduleLine(schedule, t)}\n${t(failures[failed])}` : scheduleLine(schedule, t)
}

const failures = { closed: 'schedule.failed.closed', refused: 'schedule.failed.refused' } as const

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
  const weekday = days.findIndex((day) => day === options.getString('weekday'))
  if (weekday < 0) throw new UserError('schedule.day')
  const hour = options.getInteger('hour', true)
  if (hour < 0 || hour > 23) throw new UserError('schedule.hour')
  const timezone = timezoneNamed(options.getString('timezone', true))
  if (timezone === undefined) throw new UserError('schedule.timezone')
  return { weekday, hour, timezone, skipEmpty: options.getBoolean('skip-empty') ?? false }
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
