import { ChannelType, PermissionFlagsBits, PermissionsBitField, type ChatInputCommandInteraction } from 'discord.js'
import { UserError } from '../errors.ts'
import type { NoticeContent, Schedule, Settings } from '../roundups/roundups.ts'
import { timezoneNamed } from './dates.ts'
import { timestamp } from './song.ts'
import { isBotHere } from './song-options.ts'

export const onlyInServers = 'Roundups are for servers that Hearsay was added to.'
export const noSchedule = 'No weekly roundup is set up here. `/roundup schedule` does that.'

/** The server that a roundup is for. @throws UserError where the bot is no member */
export function serverOf(interaction: ChatInputCommandInteraction): string {
  const { guildId } = interaction
  if (guildId === null || !isBotHere(interaction)) throw new UserError(onlyInServers)
  return guildId
}

/** The same, for somebody who may decide for it. @throws UserError for anybody else */
export function managedServerOf(interaction: ChatInputCommandInteraction): string {
  if (interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild)) return serverOf(interaction)
  throw new UserError('Only members with the permission Manage Server can do this.')
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** The days to choose from, Monday first. */
export const dayChoices = [...days.slice(1), days[0]].map((name) => ({ name, value: name }))

/** When and where the next one comes, in everybody's own time. */
export function scheduleLine({ channel, weekday, hour, timezone, dueAt, skipEmpty }: Schedule): string {
  return (
    `Every ${days[weekday]} at ${String(hour).padStart(2, '0')}:00 (${timezone}) in <#${channel}>` +
    `${skipEmpty ? ', except after weeks without songs' : ''}. Next: ${timestamp(dueAt, 'F')}, ${timestamp(dueAt, 'R')}.`
  )
}

/** The same, or why there is none. */
export function scheduleStatus(schedule: Schedule | undefined): string {
  if (!schedule)
    return 'No weekly roundup is set up here. `/roundup schedule` does that, for whoever may manage the server.'
  const { paused, channel, failed } = schedule
  if (paused === 'by somebody') return 'The weekly roundup is paused. `/roundup resume` brings it back.'
  if (paused === 'channel closed' && failed === 'refused')
    return `The weekly roundup is paused: for three weeks it couldn't be posted in <#${channel}>, the last time because Discord didn't accept it. \`/roundup resume\` tries again, and \`/roundup now\` shows what was saved.`
  if (paused === 'channel closed')
    return `The weekly roundup is paused, because I could not post in <#${channel}> for three weeks. \`/roundup schedule\` chooses another channel.`
  return failed ? `${scheduleLine(schedule)}\n${failures[failed]}` : scheduleLine(schedule)
}

const failures = {
  closed: "I couldn't post the last one there. Please check that I may view the channel, write in it and embed links.",
  refused: "Discord didn't accept the last one, so it wasn't posted. `/roundup now` shows what was saved.",
}

/** What somebody is told of a roundup in a direct message; true also where its schedule has been changed since. */
export function noticeText({ about, server, channel, message }: NoticeContent): string {
  if (about === 'paused')
    return (
      `I paused the weekly roundup in <#${channel}>: for three weeks I couldn't post it there. ` +
      'Check that the channel is still there and that I may write in it, then use `/roundup schedule` in that server.'
    )
  if (about === 'paused refused')
    return (
      `I paused the weekly roundup in <#${channel}>: for three weeks it couldn't be posted, the last time because ` +
      "Discord didn't accept it. `/roundup resume` in that server tries again, and `/roundup now` shows what was saved."
    )
  if (about === 'refused')
    return (
      `Discord didn't accept this week's roundup in <#${channel}>, so it wasn't posted. \`/roundup now\` in that server ` +
      'shows what was saved, and `/roundup status` when the next one comes.'
    )
  const link = `https://discord.com/channels/${server}/${channel}/${message}`
  return (
    `Discord doesn't let me change this post, so it may still show songs of yours: ${link}\n` +
    'A moderator of that server can delete it.'
  )
}

/** When it is to be posted. @throws UserError */
export function settingsIn({ options }: ChatInputCommandInteraction): Omit<Settings, 'channel'> {
  const weekday = days.findIndex((day) => day === options.getString('weekday'))
  if (weekday < 0) throw new UserError('Choose a day of the week, such as Friday.')
  const hour = options.getInteger('hour', true)
  if (hour < 0 || hour > 23) throw new UserError('An hour is a number from 0 to 23.')
  const timezone = timezoneNamed(options.getString('timezone', true))
  if (timezone === undefined)
    throw new UserError(
      'That is no timezone that I know. Type a city, and choose from the list: Europe/Berlin for example.',
    )
  return { weekday, hour, timezone, skipEmpty: options.getBoolean('skip-empty') ?? false }
}

const threads = [ChannelType.PublicThread, ChannelType.AnnouncementThread] as const

/** Where roundups can be posted. */
export const postable = [ChannelType.GuildText as const, ChannelType.GuildAnnouncement as const, ...threads]

/** The chosen channel, and whether the bot may read it. @throws UserError where it cannot post, as far as Discord says */
export function channelIn({ options }: ChatInputCommandInteraction) {
  const channel = options.getChannel('channel', true)
  const { id, type } = channel
  if (!postable.some((one) => one === type))
    throw new UserError('Choose a text channel: roundups cannot stand in this one.')
  const permissions = permissionsIn(channel)
  if (!permissions) return { id, canReadHistory: true }
  const needed: [string, bigint][] = [
    ['View Channel', PermissionFlagsBits.ViewChannel],
    threads.some((one) => one === type)
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
  const sent: unknown = Reflect.get(channel, 'app_permissions')
  return typeof sent === 'string' && /^\d{1,20}$/.test(sent) ? new PermissionsBitField(BigInt(sent)) : undefined
}
