import { ComponentType, MessageFlags, type APIMessageTopLevelComponent } from 'discord.js'
import type { MessageBody } from '../command.ts'

/** A message of Components V2, also for what was made as another. An edit has to take the rest of the old one away. */
export function layoutPayload({ content, embeds = [], components = [], layout }: MessageBody, isEdit: boolean) {
  const texts = [content, ...embeds.map(({ description }) => description)]
  const displays = texts.flatMap((text): APIMessageTopLevelComponent[] =>
    text ? [{ type: ComponentType.TextDisplay, content: text }] : [],
  )
  const flags: readonly MessageFlags.IsComponentsV2[] = [MessageFlags.IsComponentsV2]
  return {
    flags,
    components: layout ?? [...displays, ...components],
    ...(isEdit && { content: '', embeds: [] }),
  }
}
