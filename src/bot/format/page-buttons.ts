import {
  ButtonStyle,
  ComponentType,
  TextInputStyle,
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  type APIModalInteractionResponseCallbackData,
} from 'discord.js'
import type { LikedPage } from '../../library/library.ts'
import { encodePageId, type Action, type PageId } from './page-id.ts'

type Row = APIActionRowComponent<APIComponentInMessageActionRow>

/** The jump dialog's field. */
export const pageField = 'page'

const likedSongs = 'https://open.spotify.com/collection/tracks'

/** The two rows under a song list. A private copy needs no way to become private. */
export function pageButtons(page: LikedPage, owner: string, market: string | undefined, isPrivate: boolean): Row[] {
  const id = (action: Action, offset: number): string =>
    encodePageId({ owner, offset, anchor: page.anchor, market, action })
  const atStart = page.page === 1
  const atEnd = page.page === page.pages
  return [
    row(
      button('First', id('first', 0), atStart),
      button('Previous', id('previous', page.previous), atStart),
      button(`${page.page} / ${page.pages}`, id('jump', page.offset), page.pages === 1),
      button('Next', id('next', page.next), atEnd, ButtonStyle.Primary),
      button('Last', id('last', page.last), atEnd),
    ),
    row(
      ...(isPrivate ? [] : [button('Browse privately', id('browse', page.offset))]),
      button('Refresh', id('refresh', 0)),
      { type: ComponentType.Button, style: ButtonStyle.Link, label: 'OPEN SPOTIFY', url: likedSongs },
    ),
  ]
}

/** The dialog behind `3 / 312`. */
export function jumpDialog(from: PageId): APIModalInteractionResponseCallbackData {
  return {
    custom_id: encodePageId({ ...from, action: 'go' }),
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

function row(...components: APIComponentInMessageActionRow[]): Row {
  return { type: ComponentType.ActionRow, components }
}

function button(
  label: string,
  customId: string,
  disabled = false,
  style: ButtonStyle.Primary | ButtonStyle.Secondary = ButtonStyle.Secondary,
): APIButtonComponent {
  return { type: ComponentType.Button, style, label, custom_id: customId, disabled }
}
