import { withNested } from '../../sandbox/discord/limits/layout.ts'
import type { Message } from '../../sandbox/discord/discord.ts'

/** Everything that a message says, whatever it is made of. */
export function textOf({ content, embeds, components }: Pick<Message, 'content' | 'embeds' | 'components'>): string {
  const texts = components.flatMap(withNested).map((component) => component['content'])
  return [content, ...embeds.map((embed) => embed['description']), ...texts].filter(Boolean).join('\n')
}
