import { InteractionWebhook, type Client } from 'discord.js'
import type { LinkTask, PlaylistSource } from '../accounts/link-task.ts'
import type { App, LinkAnswer, LinkResult, TaskOutcome } from '../context.ts'
import { reportError } from '../error-messages.ts'
import { NotSharedError } from '../errors.ts'
import { defaultLocale, say, type Message } from '../i18n.ts'
import type { Log } from '../log.ts'
import { announcement, preparePlaylist, shownPlaylist } from '../views/playlist.ts'
import { sanitize } from '../views/sanitize.ts'
import { tracksName } from '../views/linked-songs.ts'
import { receipt } from '../views/saved-songs.ts'
import { payloadOf } from './reply.ts'

/** Carries out what people have linked for, and tells them. */
export function createLinkTasks(client: Pick<Client, 'rest'>, clientId: string, app: App, log: Log) {
  return { carryOut, announce }

  /** Never rejects, since the link is made. `locale`: of who reads of it in the chat. */
  async function carryOut(person: string, task: LinkTask, locale = defaultLocale): Promise<TaskOutcome> {
    return task.kind === 'save' ? save(person, task.tracks, locale) : makePlaylist(person, task, locale)
  }

  async function save(person: string, tracks: Extract<LinkTask, { kind: 'save' }>['tracks'], locale: string) {
    const t = app.languages.memo(locale)
    const [only] = tracks.length === 1 ? tracks : []
    const count = tracks.length
    const named = only
      ? only.title || ({ key: 'save.untitled' } as const)
      : ({ key: 'songs.these', values: { count } } as const)
    /** For the page its title, for the chat that with its link. */
    const told = (say: (song: string | Message) => Message): TaskOutcome => {
      return { page: say(named), chat: say(tracksName(tracks, t)) }
    }
    try {
      const done = await app.accounts.saveTracks(
        person,
        tracks.map(({ id }) => id),
      )
      const outcome = done.saved.length > 0 ? 'saved' : done.already.length > 0 ? 'already' : 'unknown'
      const said = told((song) => {
        if (outcome === 'unknown') return { key: 'songs.unknown', values: { count } }
        if (outcome === 'already') return { key: 'save.already', values: { song } }
        return only
          ? { key: 'save.done', values: { song } }
          : { key: 'songs.saved', values: { count: done.saved.length } }
      })
      return { ...said, shown: receipt(tracks, done, t) }
    } catch (error) {
      const unexpected = 'A song could not be saved: please report this line'
      const { known, message: sentence, reference = '' } = reportError(error, log, { unexpected })
      if (!known) return told((song) => ({ key: 'save.failed.unexpected', values: { song, reference } }))
      return told((song) => ({ key: 'save.failed', values: { song, sentence } }))
    }
  }

  async function makePlaylist(
    person: string,
    { source, isAgreed = false }: Extract<LinkTask, { kind: 'playlist' }>,
    locale: string,
  ): Promise<TaskOutcome> {
    const t = app.languages.memo(locale)
    try {
      const made = await preparePlaylist(app, person, source, t, { isAgreed })
      if ('needed' in made) {
        const announced = { key: 'playlist.announce', values: { count: made.needed } } as const
        return { page: announced, chat: announced, shown: announcement(made.needed, source, t) }
      }
      const shown = shownPlaylist(made, t)
      const done = { key: 'page.playlist', values: { name: made.name } } as const
      return { page: done, chat: done, shown }
    } catch (error) {
      const unexpected = 'A playlist could not be made: please report this line'
      const { known, message: sentence, reference = '' } = reportError(error, log, { unexpected })
      const failed: Message = known
        ? { key: 'playlist.failed', values: { sentence } }
        : { key: 'playlist.failed.unexpected', values: { reference } }
      return { page: forPage(failed, error, source), chat: failed }
    }
  }

  /** Changes the ephemeral answer with the address by which somebody has linked. Never rejects. */
  async function announce({ token, message, locale = defaultLocale }: LinkAnswer, news: LinkResult): Promise<void> {
    const { spotifyName, outcome } = news
    const t = app.languages.memo(locale)
    const content = outcome ? say(t, outcome.chat) : t('link.done', { name: sanitize(spotifyName, 100) })
    await new InteractionWebhook(client as Client<true>, clientId, token)
      .editMessage(message ?? '@original', payloadOf({ content, components: [], ...outcome?.shown }))
      .catch((err: unknown) => log.debug({ err }, 'An ephemeral answer could not be changed'))
  }
}

/** A browser knows people by their names only. */
function forPage(failed: Message, error: unknown, { name }: PlaylistSource): Message {
  if (!(error instanceof NotSharedError) || !name) return failed
  return { ...failed, values: { sentence: { key: error.key, values: { owner: name } } } }
}
