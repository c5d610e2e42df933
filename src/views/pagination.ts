import { ComponentType, TextInputStyle, type APIModalInteractionResponseCallbackData } from 'discord.js'
import type { ComponentInteraction } from '../command.ts'
import { UserError } from '../errors.ts'
import { anchorAt, type LikedPage } from '../library/page.ts'
import { button, linkButton, row, type ActionRow } from './components.ts'
import { count } from './song.ts'
import { encodePageId, type Action, type PageId } from './page-id.ts'

/** The field of the modal behind `3 / 312`. */
const pageField = 'page'

/** The page that was typed into it, from 1; throws UserError for anything else. */
export function pageTyped(interaction: ComponentInteraction): number {
  const typed = (typedInto(interaction, pageField) ?? '').normalize('NFKC').replace(/[\s,]/g, '')
  if (/^\d{1,7}$/.test(typed) && Number(typed) > 0) return Number(typed)
  throw new UserError('A page is a number, such as 12.')
}

/** What was typed into a field of a modal; undefined where there is no such field. */
export function typedInto(interaction: ComponentInteraction, field: string): string | undefined {
  if (!interaction.isModalSubmit()) return undefined
  const value: unknown = Reflect.get(interaction.fields.fields.get(field) ?? {}, 'value')
  return typeof value === 'string' ? value : undefined
}

/** Which list the buttons turn. */
export type ListId = Pick<PageId, 'owner' | 'market' | 'range' | 'query'>

/**
 * The rows under a song list. No private copy of one that is ephemeral or has one page; and a link to the liked songs of
 * whoever follows it only where nobody but their owner sees it.
 */
export function pageButtons(page: LikedPage, list: ListId, ephemeral: boolean, isOwn: boolean): ActionRow[] {
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
    ...turnButtons(page, (action) => idAt(action, action === 'next' ? -1 : 0)),
    row(
      ...(ephemeral || pages === 1 ? [] : [button('Browse privately', idAt('browse', 0))]),
      button('Refresh', idAt('refresh', 0)),
      ...(ephemeral && isOwn ? [linkButton('OPEN SPOTIFY', 'https://open.spotify.com/collection/tracks')] : []),
    ),
  ]
}

type Turn = 'first' | 'previous' | 'jump' | 'next' | 'last'

/** The row that turns pages, where there are some. */
export function turnButtons(
  { page, pages }: Pick<LikedPage, 'page' | 'pages'>,
  id: (turn: Turn) => string,
): ActionRow[] {
  if (pages === 1) return []
  return [
    row(
      button('First', id('first'), { disabled: page === 1 }),
      button('Previous', id('previous'), { disabled: page === 1 }),
      button(`${count(page)} / ${count(pages)}`, id('jump')),
      button('Next', id('next'), { disabled: page === pages, style: 'Primary' }),
      button('Last', id('last'), { disabled: page === pages }),
    ),
  ]
}

/** The modal behind `3 / 312`, of an older release's button without the second number; its submission has this id. */
export function jumpModal(customId: string, page: number, pages?: number): APIModalInteractionResponseCallbackData {
  const field = { custom_id: pageField, style: TextInputStyle.Short, min_length: 1, max_length: 7, required: true }
  const component = { type: ComponentType.TextInput, ...field, value: String(page) } as const
  const range = pages === undefined ? 'Page number' : `Page, 1 to ${count(pages)}`
  const label = { type: ComponentType.Label, label: range, component } as const
  return { custom_id: customId, title: 'Go to a page', components: [label] }
}
