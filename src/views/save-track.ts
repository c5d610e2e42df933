import { ComponentType } from 'discord.js'
import type { Translate } from '../i18n.ts'
import type { Song } from '../spotify/parse.ts'
import { button, row, type ActionRow } from './components.ts'
import { isolated, plainText, sanitize } from './sanitize.ts'
import { oncePerSong, plainSong } from './song.ts'

const select = 'liked:save:'
/** 0.1.0 has sent the track alone. */
const one = /^liked:save:([0-9A-Za-z]{22})(?::(.+))?$/su
/** The most that Discord takes in an id or a value. */
const longest = 100

type Track = Pick<Song, 'uri' | 'title' | 'artists' | 'url'>

/** Under several songs: a select that puts one of them into the liked songs of the person who chooses. No row without any. */
export function saveSelect(songs: readonly Track[], t: Translate): ActionRow[] {
  const choices = songs.map((song) => choiceOf(song, t)).filter((choice) => choice !== undefined)
  // Discord refuses a value that comes twice.
  const options = [...new Map(choices.map((choice) => [choice.value, choice])).values()]
  if (options.length === 0) return []
  return [row({ type: ComponentType.StringSelect, custom_id: select, placeholder: t('button.save'), options })]
}

const choiceOf = oncePerSong((song: Track, t) => {
  const value = trackIn(song, longest)
  return value === undefined ? undefined : { label: plainSong(song, t, 100), value }
})

/** Under a single song. */
export function saveButton(song: Pick<Song, 'url' | 'title'>, t: Translate): ReturnType<typeof button>[] {
  const track = trackIn(song, longest - select.length)
  return track ? [button(t('button.save'), `${select}${track}`)] : []
}

/** The track that a press of either wants saved, and its title where that is known; undefined when it is neither. */
export function trackToSave(customId: string, values: readonly string[]) {
  const [, save, title] = one.exec(customId === select ? `${select}${values[0]}` : customId) ?? []
  return save === undefined ? undefined : { save, title }
}

export type ChosenTrack = NonNullable<ReturnType<typeof trackToSave>>

/** What is said of a track: its title with its link. */
export function trackName({ save, title = '' }: ChosenTrack, t: Translate): string {
  const name = (max: number): string => sanitize(title, max) || t('save.untitled')
  return isolated(120, name, (text) => `*[${text}](https://open.spotify.com/track/${save})*`)
}

/** With the title behind it, so that what is done with it can be told: `max` characters of it all. */
function trackIn({ url, title }: Pick<Song, 'url' | 'title'>, max: number): string | undefined {
  const id = url?.slice(url.lastIndexOf('/') + 1)
  if (id === undefined) return undefined
  const name = plainText(title, max - id.length - 1)
  return name ? `${id}:${name}` : id
}
