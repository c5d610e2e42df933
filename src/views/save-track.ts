import { ComponentType } from 'discord.js'
import type { App } from '../context.ts'
import type { MessageBody, Reply } from '../command.ts'
import type { Translate } from '../i18n.ts'
import { ScopeError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { button, linkButton, row, type ActionRow } from './components.ts'
import { oncePerSong, plainSong } from './song.ts'

const select = 'liked:save:'
const one = /^liked:save:([0-9A-Za-z]{22})$/

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
  const value = trackIn(song)
  return value === undefined ? undefined : { label: plainSong(song, t, 100), value }
})

/** Under a single song. */
export function saveButton(song: Song, t: Translate): ReturnType<typeof button>[] {
  const track = trackIn(song)
  return track ? [button(t('button.save'), `${select}${track}`)] : []
}

/** The track that a press of either wants saved; undefined when it is neither. */
export function trackToSave(customId: string, values: readonly string[]): string | undefined {
  return one.exec(customId === select ? `${select}${values[0]}` : customId)?.[1]
}

/**
 * Puts a track into the person's own liked songs, or leads to where they allow it, which saves it as well. `show` is
 * what a song that is new there looks like; undefined where that is not known.
 */
export async function saveTrack(
  app: App,
  person: string,
  track: string,
  show: () => Promise<MessageBody | undefined>,
  t: Translate,
): Promise<Reply> {
  const answer = { kind: 'message', ephemeral: true } as const
  const link = `https://open.spotify.com/track/${track}`
  try {
    const isNew = (await app.accounts.saveTrack(person, track)) === 'saved'
    const shown = isNew ? await show() : undefined
    if (shown) return { ...answer, ...shown }
    return { ...answer, content: t(isNew ? 'save.done' : 'save.already', { link }) }
  } catch (error) {
    if (!(error instanceof ScopeError)) throw error
    const clientId = await app.accounts.ownClientId(person)
    const url = await app.invitations.create(person, undefined, { save: track, clientId })
    return {
      ...answer,
      content: t('save.permission', { link }),
      components: [row(linkButton(t('button.saving'), url))],
    }
  }
}

function trackIn({ url }: Pick<Song, 'url'>): string | undefined {
  return url?.slice(url.lastIndexOf('/') + 1)
}
