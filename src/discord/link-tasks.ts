import { InteractionWebhook, type Client } from 'discord.js'
import type { LinkTask } from '../accounts/link-task.ts'
import type { App, LinkAnswer, LinkResult, TaskOutcome } from '../context.ts'
import { reportError } from '../error-messages.ts'
import { defaultLocale, say, type Message } from '../i18n.ts'
import type { Log } from '../log.ts'
import { linkButton, row } from '../views/components.ts'
import { sanitize } from '../views/sanitize.ts'
import { trackName } from '../views/save-track.ts'
import { payloadOf } from './reply.ts'

/** Carries out what people have linked for, and tells them. */
export function createLinkTasks(client: Pick<Client, 'rest'>, clientId: string, app: App, log: Log) {
  return { carryOut, announce }

  /** Never rejects, since the link is made. `locale`: of who reads of it in the chat. */
  async function carryOut(person: string, task: LinkTask, locale = defaultLocale): Promise<TaskOutcome> {
    return save(person, task.tracks, locale)
  }

  async function save(person: string, [track]: Extract<LinkTask, { kind: 'save' }>['tracks'], locale: string) {
    const { id = '', title = '' } = track ?? {}
    const t = app.languages.memo(locale)
    /** For the page its title, for the chat that with its link. */
    const told = (say: (song: string | Message) => Message): TaskOutcome => {
      return { page: say(title || { key: 'save.untitled' }), chat: say(trackName({ save: id, title }, t)) }
    }
    try {
      const isNew = (await app.accounts.saveTrack(person, id)) === 'saved'
      return told((song) => ({ key: isNew ? 'save.done' : 'save.already', values: { song } }))
    } catch (error) {
      const unexpected = 'A song could not be saved: please report this line'
      const { known, message: sentence, reference = '' } = reportError(error, log, { unexpected })
      if (!known) return told((song) => ({ key: 'save.failed.unexpected', values: { song, reference } }))
      return told((song) => ({ key: 'save.failed', values: { song, sentence } }))
    }
  }

  /** Changes the ephemeral answer with the address by which somebody has linked. Never rejects. */
  async function announce({ token, message, locale = defaultLocale }: LinkAnswer, news: LinkResult): Promise<void> {
    const { spotifyName, outcome } = news
    const t = app.languages.memo(locale)
    const content = outcome ? say(t, outcome.chat) : t('link.done', { name: sanitize(spotifyName, 100) })
    const components = outcome?.url === undefined ? [] : [row(linkButton(t('button.openSpotify'), outcome.url))]
    await new InteractionWebhook(client as Client<true>, clientId, token)
      .editMessage(message ?? '@original', payloadOf({ content, components }))
      .catch((err: unknown) => log.debug({ err }, 'An ephemeral answer could not be changed'))
  }
}
