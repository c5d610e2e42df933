import type { APIEmbedAuthor } from 'discord-api-types/v10'
import type { FoundPage, LikedPage, SearchProgress, DatePage } from '../library/library.ts'
import type { MessageBody } from '../command.ts'
import { sanitize } from './sanitize.ts'
import { pageButtons, type ListId } from './pagination.ts'
import type { NamedDateRange } from './dates.ts'
import { saveSelect } from './save-track.ts'
import { count } from './song.ts'
import { songPage, type ListLook } from './song-list.ts'

/** Where a list of songs is shown, and to whom. */
export interface ListContext {
  readonly list: ListId
  readonly author: APIEmbedAuthor | undefined
  /** Only the viewer sees it. */
  readonly ephemeral: boolean
  /** Whether somebody may see it who has not saved these songs. */
  readonly toOthers: boolean
}

type Progress = Pick<SearchProgress, 'read' | 'total' | 'until'>

const noneLiked = 'No liked songs yet. Tap the plus next to a song in Spotify, and it shows up here.'

/** A page of all liked songs. */
export function likedList(page: LikedPage, showing: ListContext, head?: string): MessageBody {
  return body(page, showing, { author: showing.author, unit: 'liked song', empty: noneLiked, head })
}

/** A page of what a search has found. */
export function foundList(page: FoundPage, showing: ListContext): MessageBody {
  const words = sanitize(showing.list.query ?? '', 100)
  return body(page, showing, {
    author: showing.author,
    unit: 'hit',
    head: `Liked songs with “${words}”`,
    empty: 'Nothing that was liked has these words in its title, artists or album.',
    numbers: page.numbers,
  })
}

/** The page of a time, honest about times without likes. */
export function dateList(page: DatePage, showing: ListContext, { name }: NamedDateRange): MessageBody {
  const heads = {
    in: `What was liked in ${name}, and before`,
    nearest: `Nothing was liked in ${name}. This is what came before it.`,
    'before-first': `Nothing had been liked by ${name} yet. These are the first ones.`,
    'after-last': `Nothing has been liked since ${name}. These are the latest.`,
  }
  return likedList(page, showing, page.total > 0 ? heads[page.found] : undefined)
}

/** While a whole library is being read. */
export function readingLine({ read, total, until }: Progress, whose: 'your' | 'the'): string {
  const waiting = until === undefined ? '' : ` Spotify asks us to wait until <t:${Math.ceil(until / 1000)}:R>.`
  return `Reading ${whose} library${total > 0 ? `, ${count(read)} of ${count(total)} songs` : ''}.${waiting}`
}

function body(page: LikedPage, { list, ephemeral: isPrivate, toOthers }: ListContext, look: ListLook): MessageBody {
  const save = toOthers ? saveSelect(page.songs) : []
  return { embeds: [songPage(page, look)], components: [...pageButtons(page, list, isPrivate), ...save] }
}
