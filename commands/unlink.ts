import type { App } from '../src/context.ts'
import type { Command } from '../src/command.ts'
import type { MessageKey } from '../src/i18n.ts'
import { button, everywhere, linkButton, row } from '../src/views/components.ts'
import { linkOffer } from '../src/views/link-offer.ts'
import { sanitize } from '../src/views/sanitize.ts'
import { UserError } from '../src/errors.ts'

const connectedApps = 'https://www.spotify.com/account/apps/'
const confirmed = 'unlink:1:'
const connection = 'unlink.part.connection'

/** In this order: somebody who shares or joins meanwhile checks for the link after that. */
const parts: readonly { readonly what: MessageKey; forget(app: App, person: string): Promise<unknown> }[] = [
  { what: connection, forget: unlink },
  { what: 'unlink.part.sharing', forget: endSharing },
  { what: 'unlink.part.roundups', forget: (app, person) => app.roundups.forget(person) },
]

export default {
  data: {
    name: 'unlink',
    ...everywhere,
  },

  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const { id } = interaction.user
    // What cannot be read can be deleted.
    const link = await app.accounts.findIfReadable(id)
    if (link === undefined && !(await hasLeftAnything(id, app))) {
      const offer = await linkOffer(app, interaction, t('button.link'))
      return { kind: 'message', ephemeral: true, content: t('unlink.nothing'), ...offer }
    }
    const ended = t(link === null ? 'unlink.unreadable' : 'unlink.ended')
    const who = link ? t('unlink.linked', { name: sanitize(link.spotifyName, 100) }) : ended
    return {
      kind: 'message',
      ephemeral: true,
      content: t('unlink.deletes', { who }),
      components: [row(button(t('button.unlink'), `${confirmed}${id}`, { style: 'Danger' }))],
    }
  },

  async component({ customId, user }, app, t) {
    if (customId !== `${confirmed}${user.id}`) throw new UserError('unlink.notYours')
    // Null where the store tells nothing of it: what can be deleted is.
    const link = await app.accounts.findEvenIfEnded(user.id).catch(() => null)
    const gone: MessageKey[] = []
    const failed: { readonly what: MessageKey; readonly error: unknown }[] = []
    for (const { what, forget } of parts) {
      await forget(app, user.id).then(
        () => gone.push(what),
        (error: unknown) => failed.push({ what, error }),
      )
    }
    if (link) app.library.deleteCached(link)
    const [first] = failed
    const was = t(link === undefined ? 'unlink.from.gone' : 'unlink.from.unknown')
    const from = link ? t('unlink.from', { name: sanitize(link.spotifyName, 100) }) : was
    // Nothing is noted for this address.
    const again = row(linkButton(t('button.link'), `${app.publicUrl}/link`))
    if (!first) return { kind: 'update', content: t('unlink.done', { from, link: connectedApps }), components: [again] }
    // Then the others are gone only where there was nothing, or may be deleted the next time.
    if (!gone.includes(connection)) throw first.error
    const deleted = gone.map((what) => t(what))
    return {
      kind: 'update',
      content: t('unlink.again', { deleted, left: failed.map(({ what }) => t(what)) }),
      components: [row(button(t('button.unlink'), `${confirmed}${user.id}`, { style: 'Danger' }))],
    }
  },
} satisfies Command

/** Somebody whose link has ended may have left other things behind. */
async function hasLeftAnything(person: string, app: App): Promise<boolean> {
  const [link, servers, reminders, refusals, quiet, about] = await Promise.all([
    app.accounts.findEvenIfEnded(person),
    app.sharing.servers(person),
    app.reminders.about(person),
    app.questions.refusals(person),
    app.questions.quietIn(person),
    app.roundups.about(person),
  ])
  const { takesPartIn, leaving, setUp, asked, removedFrom, saidEnded } = about
  const { directMessages, ofThisConnection } = reminders
  const hasReminders = directMessages === 'off' || ofThisConnection !== null
  const others = [servers, quiet, takesPartIn, leaving, setUp, asked, removedFrom, saidEnded].flat()
  return link !== undefined || hasReminders || refusals + others.length > 0
}

async function endSharing({ sharing, questions }: App, person: string): Promise<void> {
  await sharing.end(person)
  await questions.forget(person)
}

/** The songs in memory go by what the record was, which the store may not have told before. */
async function unlink(app: App, person: string): Promise<void> {
  const link = await app.accounts.unlink(person)
  if (link) app.library.deleteCached(link)
}
