import type * as discord from 'discord.js'
import {
  ApplicationIntegrationType,
  ButtonStyle,
  ComponentType,
  InteractionContextType,
  TextInputStyle,
} from 'discord.js'
import type { ComponentInteraction } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { anchorAt, type LikedPage } from '../library/page.ts'
import { encodePageId, encodePlaylistId, type Action, type PageId } from './page-id.ts'

/** A row of buttons, or of one select. */
export type ActionRow = discord.APIActionRowComponent<discord.APIComponentInMessageActionRow>

interface ButtonOptions {
  readonly style?: 'Primary' | 'Secondary' | 'Success' | 'Danger'
  readonly disabled?: boolean
}

/** A button that comes back to the command with whose name the id begins. */
export function button(label: string, customId: string, options: ButtonOptions = {}): discord.APIButtonComponent {
  const { style = 'Secondary', disabled = false } = options
  return { type: ComponentType.Button, style: ButtonStyle[style], label, custom_id: customId, disabled }
}

/** A button that leads out of Discord. */
export function linkButton(label: string, url: string): discord.APIButtonComponentWithURL {
  return { type: ComponentType.Button, style: ButtonStyle.Link, label, url }
}

export function row(...components: discord.APIComponentInMessageActionRow[]): ActionRow {
  return { type: ComponentType.ActionRow, components }
}

/** Text of Components V2. */
export function text(content: string): discord.APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content }
}

/** A component and all within it. */
export function nested(component: object): object[] {
  const { components = [], accessory } = component as { components?: readonly object[]; accessory?: object }
  return [component, ...[...components, ...(accessory ? [accessory] : [])].flatMap(nested)]
}

/** For commands that work wherever there is somebody to answer: servers, direct messages, installed by a server or a person. */
export const everywhere: { integration_types: ApplicationIntegrationType[]; contexts: InteractionContextType[] } = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
}

/** The field of the modal behind `3 / 312`. */
const pageField = 'page'

/** The page that was typed into it, from 1; throws UserError for anything else. */
export function pageTyped(interaction: ComponentInteraction): number {
  const typed = (typedInto(interaction, pageField) ?? '').normalize('NFKC').replace(/[\s,]/g, '')
  if (/^\d{1,7}$/.test(typed) && Number(typed) > 0) return Number(typed)
  throw new UserError('pages.notANumber')
}

/** What was typed into a field of a modal; undefined where there is no such field. */
export function typedInto(interaction: ComponentInteraction, field: string): string | undefined {
  if (!interaction.isModalSubmit()) return undefined
  const value: unknown = Reflect.get(interaction.fields.fields.get(field) ?? {}, 'value')
  return typeof value === 'string' ? value : undefined
}

/** Which list the buttons turn. */
export type ListId = Pick<PageId, 'owner' | 'market' | 'range' | 'list' | 'query'>

/** Whether one person alone sees a list, and whether it is that of the songs of who asked for it. */
interface Readers {
  readonly ephemeral: boolean
  readonly isOwn: boolean
}

/**
 * The rows under a song list. No private copy of one that is ephemeral or has one page; and a link to the liked songs of
 * the person who follows it only where nobody but the owner of the list sees it.
 */
export function pageButtons(page: LikedPage, list: ListId, { ephemeral, isOwn }: Readers, t: Translate): ActionRow[] {
  const { songs, from, newer, offset, pages } = page
  // What is liked or removed before the page moves all of it: the next page goes on behind the last song of this one.
  const idAt = (action: Action, index: number): string => {
    const song = songs.at(index)
    const place = from - newer + (index < 0 ? songs.length - 1 : index)
    const anchor = song && anchorAt(song, place)
    const id = { ...list, version: 2, offset: anchor?.offset ?? offset, anchor, action } as const
    return encodePageId(action === 'jump' ? { ...id, pages } : id)
  }
  return [
    ...turnButtons(page, t, (action) => idAt(action, action === 'next' ? -1 : 0)),
    row(
      button(t('button.refresh'), idAt('refresh', 0)),
      ...(ephemeral || pages === 1 ? [] : [button(t('button.browse'), idAt('browse', 0))]),
      ...(isOwn && songs.length > 0 ? ownButton(list, ephemeral, t) : []),
    ),
  ]
}

/** What the owner of a list may do with all of it. */
function ownButton({ owner, list, query, range }: ListId, ephemeral: boolean, t: Translate) {
  const of = range ? 'when' : query !== undefined && (list ?? 'search')
  if (of === 'common') return [button(t('button.playlist'), encodePlaylistId({ of, value: owner }))]
  if (of === 'when' || of === 'search' || of === 'artist')
    return [button(t('button.playlist'), encodePlaylistId({ of, value: range ?? query ?? '' }))]
  return ephemeral ? [linkButton(t('button.openSpotify'), 'https://open.spotify.com/collection/tracks')] : []
}

const more = {
  playlist: 'more.playlist',
  memories: 'more.memories',
  random: 'more.random',
  file: 'more.file',
} as const

/** Under one's own lists: what is wanted more rarely. */
export function moreSelect(t: Translate): ActionRow[] {
  const options = Object.entries(more).map(([value, key]) => ({ label: t(key), value }))
  return [row({ type: ComponentType.StringSelect, custom_id: 'liked:more', placeholder: t('more'), options })]
}

type Turn = 'first' | 'previous' | 'jump' | 'next' | 'last'

/** The row that turns pages, where there are some. */
export function turnButtons(
  { page, pages }: Pick<LikedPage, 'page' | 'pages'>,
  t: Translate,
  id: (turn: Turn) => string,
): ActionRow[] {
  if (pages === 1) return []
  return [
    row(
      button(t('button.first'), id('first'), { disabled: page === 1 }),
      button(t('button.previous'), id('previous'), { disabled: page === 1 }),
      button(t('pages.place', { page, pages }), id('jump')),
      button(t('button.next'), id('next'), { disabled: page === pages, style: 'Primary' }),
      button(t('button.last'), id('last'), { disabled: page === pages }),
    ),
  ]
}

/** The modal behind `3 / 312`, of an older release's button without the second number; its submission has this id. */
export function jumpModal(
  customId: string,
  t: Translate,
  page: number,
  pages?: number,
): discord.APIModalInteractionResponseCallbackData {
  const field = { custom_id: pageField, style: TextInputStyle.Short, min_length: 1, max_length: 7, required: true }
  const component = { type: ComponentType.TextInput, ...field, value: String(page) } as const
  const range = pages === undefined ? t('pages.field') : t('pages.field.range', { pages })
  const label = { type: ComponentType.Label, label: range, component } as const
  return { custom_id: customId, title: t('pages.title'), components: [label] }
}
