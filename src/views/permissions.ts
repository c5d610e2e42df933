import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10'
import type { Channel, Permissions } from '../command.ts'

/** Where a roundup may stand. */
export const postable = [
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.PublicThread,
  ChannelType.AnnouncementThread,
] as const

const threads: readonly number[] = [ChannelType.PublicThread, ChannelType.AnnouncementThread]

export function isPostable({ type }: Channel): boolean {
  return postable.some((one: number) => one === type)
}

/** What the bot lacks in a channel to post there, as Discord names it; empty also where Discord does not say. */
export function missingIn(channel: Channel): string[] {
  const granted = channel.appPermissions
  if (!granted) return []
  const isThread = threads.includes(channel.type)
  const needed: [string, bigint][] = [
    ['View Channel', PermissionFlagsBits.ViewChannel],
    isThread
      ? ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads]
      : ['Send Messages', PermissionFlagsBits.SendMessages],
    ['Embed Links', PermissionFlagsBits.EmbedLinks],
  ]
  return needed.filter(([, bit]) => !granted.has(bit)).map(([name]) => name)
}

/** Whether the bot may find a roundup there again that a process has posted before it died. */
export function canReadHistory(channel: Channel): boolean {
  return channel.appPermissions?.has(PermissionFlagsBits.ReadMessageHistory) ?? true
}

/** Discord's number of permissions; undefined where it does not say. Whoever is an administrator may do everything. */
export function readPermissions(sent: string | undefined): Permissions | undefined {
  if (typeof sent !== 'string' || !/^\d{1,20}$/.test(sent)) return undefined
  const granted = BigInt(sent)
  const isAdministrator = (granted & PermissionFlagsBits.Administrator) !== 0n
  return { has: (needed) => isAdministrator || (granted & needed) === needed }
}
