import { ButtonStyle, ComponentType } from 'discord.js'
import type { MessageBody, ContextMenuCall, ComponentPress } from '../../src/command.ts'
import { people, servers, type Name, type Place } from './people.ts'

/** A message as it stands in the chat now. */
export interface Message {
  readonly place: Place
  readonly seenBy: Name | 'all'
  /** Whose command or press it answers. */
  readonly caller: Name
  /** Whose songs it is about. */
  readonly owner: Name
  body: MessageBody
}

/** Something on a message that can be pressed. */
export interface Button {
  readonly label: string
  readonly customId: string
  readonly values: readonly string[]
}

export interface Dialog {
  readonly to: Name
  readonly on: Message
  readonly customId: string
}

/** What somebody has typed as options of a command. */
export interface Typed {
  readonly sub?: string
  readonly strings?: Readonly<Record<string, string>>
  readonly hidden?: boolean | null
  readonly member?: Name
}

export function buttonsOf({ body }: Message): Button[] {
  const components = (body.components ?? []).flatMap((row) => row.components)
  return components.flatMap((one) => {
    if (one.type === ComponentType.StringSelect) {
      const values = one.options.slice(-1).map(({ value }) => value)
      return [{ label: one.placeholder ?? '', customId: one.custom_id, values }]
    }
    if (one.type !== ComponentType.Button || one.style === ButtonStyle.Link || one.style === ButtonStyle.Premium)
      return []
    return one.disabled ? [] : [{ label: one.label ?? '', customId: one.custom_id, values: [] }]
  })
}

export function callOf(who: Name, place: Place, { sub, strings = {}, hidden = null, member }: Typed): ContextMenuCall {
  const guildId = servers[place]
  return {
    user: people[who],
    targetUser: { ...people[member ?? who], bot: false },
    guildId,
    authorizingIntegrationOwners: guildId === null ? { 1: people[who].id } : { 0: guildId },
    token: 'an-interaction-token',
    memberPermissions: null,
    options: {
      getSubcommand: () => sub ?? null,
      getString: (name) => strings[name] ?? null,
      getBoolean: (name) => (name === 'private' ? hidden : null),
      getInteger: () => null,
      getChannel: () => null,
      getUser: () => (member ? { ...people[member], bot: false } : null),
      getFocused: () => strings['query'] ?? '',
    },
  }
}

export function pressOf(
  who: Name,
  on: Message,
  { customId, values }: Omit<Button, 'label'>,
  page?: number,
): ComponentPress {
  return {
    user: people[who],
    customId,
    values,
    guildId: servers[on.place],
    author: on.body.embeds?.[0]?.author,
    onEphemeral: on.seenBy !== 'all',
    callerId: people[on.caller].id,
    field: () => (page === undefined ? undefined : String(page)),
  }
}
