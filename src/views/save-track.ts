import type { Saved } from '../accounts/saving.ts'
import { ComponentType, type APIActionRowComponent, type APIComponentInMessageActionRow } from 'discord.js'
import type { Song } from '../spotify/parse.ts'
import type { Reply } from '../command.ts'
import { button, linkButton, row } from './components.ts'
import { plainSong } from './song.ts'

const label = 'Save to my liked songs'
const select = 'liked:save:'
const one = /^liked:save:([0-9A-Za-z]{22})$/

type Row = APIActionRowComponent<APIComponentInMessageActionRow>
type Track = Pick<Song, 'uri' | 'title' | 'artists' | 'url'>

/** Under several songs: a select that puts one of them into the liked songs of whoever chooses. No row without any. */
export function saveSelect(songs: readonly Track[]): Row[] {
  const options = new Map<string, Choice>()
  for (const song of songs) {
    const choice = choiceOf(song)
    if (choice) options.set(choice.value, choice)
  }
  if (options.size === 0) return []
  return [
    row({ type: ComponentType.StringSelect, custom_id: select, placeholder: label, options: [...options.values()] }),
  ]
}

/** Under a single song. */
export function saveButton(song: Song): ReturnType<typeof button>[] {
  const track = trackIn(song)
  return track ? [button(label, `${select}${track}`)] : []
}

/** The track that a press of either wants saved; undefined when it is neither. */
export function trackToSave(customId: string, values: readonly string[]): string | undefined {
  if (customId === select) return one.exec(`${select}${values[0]}`)?.[1]
  return one.exec(customId)?.[1]
}

/** What became of it, for the person alone. */
export function savedReply(saved: Saved, track: string): Reply {
  const song = `[This song](https://open.spotify.com/track/${track})`
  if ('done' in saved) {
    const where = saved.done === 'saved' ? 'is among your liked songs now.' : 'was among your liked songs already.'
    return { kind: 'message', ephemeral: true, content: `${song} ${where}` }
  }
  return {
    kind: 'message',
    ephemeral: true,
    content: `To save songs, Hearsay needs your permission on Spotify first. Once you have given it, ${song.replace('T', 't')} is saved by itself.`,
    components: [row(linkButton('Allow saving', saved.consent))],
  }
}

// As with their lines, since the songs of a page are shown again and again.
const choices = new WeakMap<Track, Choice>()

interface Choice {
  readonly label: string
  readonly value: string
}

function choiceOf(song: Track): Choice | undefined {
  const known = choices.get(song)
  if (known) return known
  const value = trackIn(song)
  if (value === undefined) return undefined
  const choice = { label: plainSong(song, 100), value }
  choices.set(song, choice)
  return choice
}

function trackIn({ url }: Pick<Song, 'url'>): string | undefined {
  return url?.slice(url.lastIndexOf('/') + 1)
}
