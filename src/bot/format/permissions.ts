import { ChannelType, PermissionFlagsBits, PermissionsBitField } from 'discord.js'
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
  const granted = grantedIn(channel)
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
export function mayLookBack(channel: Channel): boolean {
  return grantedIn(channel)?.has(PermissionFlagsBits.ReadMessageHistory) ?? true
}

function grantedIn({ appPermissions, app_permissions: sent }: Channel): Permissions | undefined {
  return appPermissions ?? (sent === undefined ? undefined : new PermissionsBitField(BigInt(sent)))
}
