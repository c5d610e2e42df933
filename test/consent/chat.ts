import {
  ButtonStyle,
  ComponentType,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type UserContextMenuCommandInteraction,
} from 'discord.js'
import type { ComponentInteraction, MessageBody } from '../../src/command.ts'
import { people, servers, type Name, type Place } from './people.ts'

/** A message as it is in the chat now. */
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

export interface Modal {
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

/** As discord.js would give it to a command, as far as commands look at it. */
export function callOf(who: Name, place: Place, { sub, strings = {}, hidden = null, member }: Typed): Call {
  const guildId = servers[place]
  return {
    user: people[who],
    targetUser: { ...people[member ?? who], bot: false },
    targetMember: {},
    guildId,
    authorizingIntegrationOwners: guildId === null ? { 1: people[who].id } : { 0: guildId },
    token: 'an-interaction-token',
    memberPermissions: null,
    options: {
      getSubcommand: () => sub ?? null,
      getString: (name: string) => strings[name] ?? null,
      getBoolean: (name: string) => (name === 'private' ? hidden : null),
      getInteger: () => null,
      getChannel: () => null,
      getUser: (name: string) => (member && name === 'member' ? { ...people[member], bot: false } : null),
      getMember: (name: string) => (member && name === 'member' ? {} : null),
      getFocused: () => strings['query'] ?? '',
    },
  } as unknown as Call
}

export type Call = ChatInputCommandInteraction & UserContextMenuCommandInteraction & AutocompleteInteraction

export function pressOf(
  who: Name,
  on: Message,
  { customId, values }: Omit<Button, 'label'>,
  page?: number,
): ComponentInteraction {
  const flags = { has: () => on.seenBy !== 'all' }
  const embeds = (on.body.embeds ?? []).map((data) => ({ data }))
  return {
    user: people[who],
    customId,
    values,
    guildId: servers[on.place],
    message: { embeds, flags, interactionMetadata: { user: people[on.caller] } },
    isStringSelectMenu: () => values.length > 0,
    isModalSubmit: () => page !== undefined,
    fields: { fields: new Map([['page', { value: String(page) }]]) },
  } as unknown as ComponentInteraction
}
