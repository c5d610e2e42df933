import { ButtonStyle, ComponentType, type APIComponentInMessageActionRow } from 'discord.js'
import type { Message } from '../../sandbox/discord/discord.ts'
import { createDiscord, type DiscordInProcess } from '../../sandbox/discord/in-process.ts'
import { withNested } from '../../sandbox/discord/limits/layout.ts'
import { channels, names, people, places, servers, type Place } from './people.ts'

/** A Discord with all of them, in all places. People wait for an answer as long as its token lives. */
export function createChat(): DiscordInProcess {
  return createDiscord({
    people: names.map((name) => people[name]),
    channels: places.map((place) => channels[place]),
    guild: { id: servers.north ?? '', name: 'north' },
    finishWithin: 15 * 60_000,
  })
}

/** Something on a message that can be pressed. */
export interface Button {
  readonly label: string
  readonly customId: string
  readonly values: readonly string[]
}

export function buttonsOf(message: Message): Button[] {
  const all = message.components.flatMap(withNested) as unknown as readonly APIComponentInMessageActionRow[]
  return all.flatMap((one) => {
    if (one.type === ComponentType.StringSelect) {
      const values = one.options.slice(-1).map(({ value }) => value)
      return [{ label: one.placeholder ?? '', customId: one.custom_id, values }]
    }
    if (one.type !== ComponentType.Button || one.style === ButtonStyle.Link || one.style === ButtonStyle.Premium)
      return []
    return one.disabled ? [] : [{ label: one.label ?? '', customId: one.custom_id, values: [] }]
  })
}

export function buttonOn(message: Message | undefined, label: RegExp): Button | undefined {
  return message && buttonsOf(message).find((button) => label.test(button.label))
}

export function placeOf({ channelId }: Message): Place {
  return places.find((place) => channels[place].id === channelId) ?? 'group'
}
