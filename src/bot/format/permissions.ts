import { ChannelType, PermissionFlagsBits, PermissionsBitField } from 'discord.js'
import type { Channel } from '../command.ts'

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
  const sent = channel.app_permissions
  const granted = channel.appPermissions ?? (sent === undefined ? undefined : new PermissionsBitField(BigInt(sent)))
  if (!granted) return []
  const isThread = threads.includes(channel.type)
  const needed: [string, bigint][] = [
    ['View Channel', PermissionFlagsBits.ViewChannel],
    // To find a roundup there that a process has posted before it died.
    ['Read Message History', PermissionFlagsBits.ReadMessageHistory],
    isThread
      ? ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads]
      : ['Send Messages', PermissionFlagsBits.SendMessages],
    ['Embed Links', PermissionFlagsBits.EmbedLinks],
  ]
  return needed.filter(([, bit]) => !granted.has(bit)).map(([name]) => name)
}
