import { ComponentType, TextInputStyle, type APIModalInteractionResponseCallbackData } from 'discord.js'
import type { ComponentInteraction } from '../command.ts'
import { UserError } from '../errors.ts'
import type { LikedPage } from '../library/library.ts'
import { button, linkButton, row, type ActionRow } from './components.ts'
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
export type ListId = Pick<PageId, 'owner' | 'market' | 'query'>

/** The two rows under a song list. Under an ephemeral one there is no button for a private copy. */
export function pageButtons(page: LikedPage, list: ListId, ephemeral: boolean): ActionRow[] {
  const id = (action: Action, offset: number): string => encodePageId({ ...list, offset, anchor: page.anchor, action })
  const offsets = { first: 0, previous: page.previous, jump: page.offset, next: page.next, last: page.last }
  return [
    turnButtons(page, (action) => id(action, offsets[action])),
    row(
      ...(ephemeral ? [] : [button('Browse privately', id('browse', page.offset))]),
      button('Refresh', id('refresh', 0)),
      linkButton('OPEN SPOTIFY', 'https://open.spotify.com/collection/tracks'),
    ),
  ]
}

type Turn = 'first' | 'previous' | 'jump' | 'next' | 'last'

/** The row that turns pages. */
export function turnButtons({ page, pages }: Pick<LikedPage, 'page' | 'pages'>, id: (turn: Turn) => string): ActionRow {
  return row(
    button('First', id('first'), { disabled: page === 1 }),
    button('Previous', id('previous'), { disabled: page === 1 }),
    button(`${page} / ${pages}`, id('jump'), { disabled: pages === 1 }),
    button('Next', id('next'), { disabled: page === pages, style: 'Primary' }),
    button('Last', id('last'), { disabled: page === pages }),
  )
}

/** The modal behind `3 / 312`; its submission comes back under this id. */
export function jumpModal(customId: string): APIModalInteractionResponseCallbackData {
  const field = { custom_id: pageField, style: TextInputStyle.Short, min_length: 1, max_length: 7, required: true }
  const component = { type: ComponentType.TextInput, ...field } as const
  const label = { type: ComponentType.Label, label: 'Page number', component } as const
  return { custom_id: customId, title: 'Go to a page', components: [label] }
}
