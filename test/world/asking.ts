import type { Message } from '../../sandbox/discord/discord.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { until } from './until.ts'
import { buttonsOf, messageOf, type Player } from './world.ts'

/** Somebody looks up a person who does not share, and asks: what they see afterwards. Without a way to ask, the refusal. */
export async function asks(asker: Player, { id: member }: Player): Promise<Message> {
  const refused = messageOf(await asker.uses('liked recent', { member }))
  const ask = buttonsOf(refused).find(({ label }) => label.startsWith('Ask '))
  return ask ? messageOf(await asker.presses(refused, ask.label)) : refused
}

/** The question that is open, once it is in the channel. */
export function questionOf({ discord }: Pick<Sandbox, 'discord'>, asker: Player, owner: Player, channel: string) {
  return until('the question', () => questionsIn(discord.messages(channel, owner.id), asker, owner).at(-1))
}

/** Those that are open; by anybody to anybody where nobody is named. */
export function questionsIn(messages: readonly Message[], asker?: Player, owner?: Player): Message[] {
  const words = new RegExp(`^<@${owner?.id ?? '\\d+'}>, <@${asker?.id ?? '\\d+'}> would like to see your liked songs`)
  return messages.filter(({ content }) => words.test(content))
}

/** A message as the person sees it now; undefined where it is gone. */
export function seenAgain({ discord }: Pick<Sandbox, 'discord'>, { id: person }: Player, message: Message) {
  return discord.messages(message.channelId, person).find(({ id }) => id === message.id)
}
