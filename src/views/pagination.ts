import {
  ComponentType,
  TextInputStyle,
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  type APIModalInteractionResponseCallbackData,
} from 'discord.js'
import { UserError } from '../errors.ts'
import type { LikedPage } from '../library/library.ts'
import type { ComponentInteraction } from '../command.ts'
import { button, linkButton, row } from './components.ts'
import { typedInto } from './interaction-fields.ts'
import { encodePageId, type Action, type PageId } from './page-id.ts'

type Row = APIActionRowComponent<APIComponentInMessageActionRow>

/** The field of the modal behind `3 / 312`. */
const pageField = 'page'

/** The page that was typed into it, from 1; throws UserError for anything else. */
export function pageTyped(interaction: ComponentInteraction): number {
  const typed = (typedInto(interaction, pageField) ?? '').normalize('NFKC').replace(/[\s,]/g, '')
  if (/^\d{1,7}$/.test(typed) && Number(typed) > 0) return Number(typed)
  throw new UserError('A page is a number, such as 12.')
}

const likedSongs = 'https://open.spotify.com/collection/tracks'

/** Which list the buttons turn. */
export type ListId = Pick<PageId, 'owner' | 'market' | 'query'>

/** The two rows under a song list. A private copy needs no way to become private. */
export function pageButtons(page: LikedPage, list: ListId, isPrivate: boolean): Row[] {
  const id = (action: Action, offset: number): string => encodePageId({ ...list, offset, anchor: page.anchor, action })
  const atStart = page.page === 1
  const atEnd = page.page === page.pages
  return [
    row(
      button('First', id('first', 0), { disabled: atStart }),
      button('Previous', id('previous', page.previous), { disabled: atStart }),
      button(`${page.page} / ${page.pages}`, id('jump', page.offset), { disabled: page.pages === 1 }),
      button('Next', id('next', page.next), { disabled: atEnd, style: 'primary' }),
      button('Last', id('last', page.last), { disabled: atEnd }),
    ),
    row(
      ...(isPrivate ? [] : [button('Browse privately', id('browse', page.offset))]),
      button('Refresh', id('refresh', 0)),
      linkButton('OPEN SPOTIFY', likedSongs),
    ),
  ]
}

/** The modal behind `3 / 312`; its submission comes back under this id. */
export function jumpModal(customId: string): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: 'Go to a page',
    components: [
      {
        type: ComponentType.Label,
        label: 'Page number',
        component: {
          type: ComponentType.TextInput,
          custom_id: pageField,
          style: TextInputStyle.Short,
          min_length: 1,
          max_length: 7,
          required: true,
        },
      },
    ],
  }
}
