import {
  ApplicationCommandType,
  InteractionType,
  MessageFlags,
  type APIEmbed,
  type APIUser,
} from 'discord-api-types/v10'
import { readCaller, readMember } from './caller.ts'
import type { CommandCall, ContextMenuCall, ComponentPress } from '../command.ts'
import { readPermissions } from '../views/permissions.ts'
import { readGiven, readOptions, type Given, type Resolved } from './given.ts'

/** What is needed of an interaction to answer it. */
export interface Answerable {
  readonly id: string
  readonly token: string
  readonly applicationId: string
}

/** An interaction as Discord sends it, over either way, read as far as commands need it. */
export type Interaction = Answerable & (Called | FromMenu | Suggesting | Pressed)

export interface Called {
  readonly kind: 'command'
  readonly name: string
  readonly given: readonly Given[]
  readonly call: CommandCall
}

/** The menu that opens on a person. */
export interface FromMenu {
  readonly kind: 'menu'
  readonly name: string
  readonly call: ContextMenuCall
}

/** Somebody types, and choices may be offered. */
export interface Suggesting {
  readonly kind: 'suggestions'
  readonly name: string
  readonly call: CommandCall
}

export interface Pressed {
  readonly kind: 'press' | 'dialog'
  /** What the custom id begins with: the command's. */
  readonly name: string
  readonly press: ComponentPress
  /** A dialog that a command has opened stands on no message. */
  readonly onMessage: boolean
}

/** The part of Discord's JSON that is read. Discord has signed it, but of what it may hold nothing is taken for granted. */
interface Payload {
  readonly id?: unknown
  readonly token?: unknown
  readonly application_id?: unknown
  readonly type?: unknown
  readonly data?: Data | null
  readonly guild_id?: unknown
  readonly user?: APIUser | null
  readonly member?: { readonly user?: APIUser | null; readonly permissions?: string } | null
  readonly message?: PressedMessage | null
  readonly authorizing_integration_owners?: Readonly<Record<string, string>> | null
}

interface Data {
  readonly name?: unknown
  readonly type?: unknown
  readonly options?: readonly Given[]
  readonly resolved?: Resolved | null
  readonly target_id?: string
  readonly custom_id?: unknown
  readonly values?: readonly unknown[]
  readonly components?: readonly (Field & { readonly components?: readonly Field[]; readonly component?: Field })[]
}

interface Field {
  readonly custom_id?: unknown
  readonly value?: unknown
}

interface PressedMessage {
  readonly embeds?: readonly (APIEmbed | null)[]
  readonly flags?: number
  readonly interaction_metadata?: { readonly user?: { readonly id?: unknown } | null } | null
}

/** Undefined for kinds that this version does not know, and for payloads that make no sense. */
export function readInteraction(payload: object): Interaction | undefined {
  try {
    return read(payload)
  } catch {
    // A list where a text belongs, and the like.
    return undefined
  }
}

function read(payload: Payload): Interaction | undefined {
  const { id, token, application_id: applicationId, type, data, user, member } = payload
  if (typeof id !== 'string' || typeof token !== 'string' || typeof applicationId !== 'string') return undefined
  const person = user ?? member?.user
  if (typeof person?.id !== 'string' || typeof person.username !== 'string') return undefined
  if (typeof data !== 'object' || data === null) return undefined
  const answerable = { id, token, applicationId }
  if (type === InteractionType.MessageComponent) return { ...answerable, ...readPress('press', payload, person, data) }
  if (type === InteractionType.ModalSubmit) return { ...answerable, ...readPress('dialog', payload, person, data) }
  const { name } = data
  if (typeof name !== 'string') return undefined
  const given = readGiven(data.options ?? [])
  const call = readCall(token, payload, person, readOptions(given, data.resolved ?? {}))
  if (type === InteractionType.ApplicationCommandAutocomplete) return { ...answerable, kind: 'suggestions', name, call }
  if (type !== InteractionType.ApplicationCommand) return undefined
  const target = data.resolved?.users?.[data.target_id ?? '']
  if (data.type === ApplicationCommandType.User && target)
    return { ...answerable, kind: 'menu', name, call: { ...call, targetUser: readMember(target) } }
  return { ...answerable, kind: 'command', name, given, call }
}

function readCall(token: string, payload: Payload, person: APIUser, options: CommandCall['options']): CommandCall {
  return {
    user: readCaller(person),
    guildId: text(payload.guild_id) ?? null,
    authorizingIntegrationOwners: payload.authorizing_integration_owners ?? {},
    token,
    memberPermissions: readPermissions(payload.member?.permissions) ?? null,
    options,
  }
}

function readPress(kind: Pressed['kind'], payload: Payload, person: APIUser, data: Data): Pressed {
  const { message } = payload
  const customId = text(data.custom_id) ?? ''
  const fields = data.components?.flatMap((row) => row.components ?? row.component ?? []) ?? []
  return {
    kind,
    name: customId.split(':', 1)[0] ?? '',
    onMessage: Boolean(message),
    press: {
      user: readCaller(person),
      customId,
      guildId: text(payload.guild_id) ?? null,
      values: data.values?.flatMap((value) => text(value) ?? []) ?? [],
      author: message?.embeds?.[0]?.author,
      onEphemeral: message ? (Number(message.flags) & MessageFlags.Ephemeral) !== 0 : true,
      callerId: text(message?.interaction_metadata?.user?.id),
      field: (name) => text(fields.find((field) => field.custom_id === name)?.value),
    },
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
