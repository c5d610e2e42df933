import { ApplicationCommandOptionType as Type } from 'discord-api-types/v10'
import type { App } from '../src/context.ts'
import type { MessageBody, Command, ComponentPress, Reply } from '../src/command.ts'
import {
  decodeShareRequestId,
  encodeShareRequestId,
  question,
  type ShareRequestId,
} from '../src/views/share-request.ts'
import { button, row } from '../src/views/components.ts'
import { everywhere } from '../src/views/everywhere.ts'
import { timestamp } from '../src/views/moment.ts'
import { sanitize } from '../src/views/sanitize.ts'
import { authorLine } from '../src/views/song-list.ts'
import { renewalLine, renewButton } from '../src/views/renewal.ts'
import { newestSongs } from '../src/views/song-messages.ts'
import { NotSharedError, UserError } from '../src/errors.ts'

export default {
  data: {
    name: 'account',
    description: 'Your connection to Spotify, and who may see your songs',
    ...everywhere,
    options: [
      {
        type: Type.Subcommand,
        name: 'status',
        description: 'As whom you are linked, until when, and what is shared where',
      },
      { type: Type.Subcommand, name: 'sharing', description: 'Who may look you up in this server' },
      { type: Type.Subcommand, name: 'export', description: 'Everything that is stored about you, as a file' },
    ],
  },

  ephemeral: true,

  async run(call, app) {
    const which = call.options.getSubcommand()
    if (which !== 'sharing' && which !== 'export') return status(call.user.id, call.guildId, call.token, app)
    const body =
      which === 'sharing' ? await sharing(call.user.id, call.guildId, app) : await exported(call.user.id, app)
    return { kind: 'message', private: true, ...body, followUp: await renewalLine(app, call.user.id) }
  },

  async component(press, app) {
    const id = decodeShareRequestId(press.customId)
    if (!id)
      throw new UserError('This button is from another version of Hearsay. Use `/account sharing` for a fresh one.')
    if (id.action === 'ask') return ask(press, id, app)
    if (press.user.id !== id.owner) throw new UserError(`Only <@${id.owner}> can answer this.`)
    return answered(press, id, app)
  },
} satisfies Command

async function status(person: string, server: string | null, token: string, app: App): Promise<Reply> {
  const link = await app.accounts.get(person)
  const servers = await app.sharing.servers(person)
  const here = server !== null && servers.includes(server) ? 'shared in this server' : 'not shared here'
  const elsewhere = servers.filter((id) => id !== server).length
  const roundups = (await app.roundups.servers(person)).length
  const ends = app.consentEnds(link)
  return {
    kind: 'message',
    private: true,
    content: [
      `Linked as **${sanitize(link.spotifyName, 100)}** on Spotify since ${timestamp(link.authorizedAt, 'D')}.`,
      `Spotify ends this consent ${timestamp(ends, 'R')}, on ${timestamp(ends, 'D')}. Renewing it keeps every setting.`,
      `Your liked songs are ${here}${elsewhere ? `, and in ${elsewhere} other ${elsewhere === 1 ? 'server' : 'servers'}` : ''}.`,
      ...(roundups > 0
        ? [`You take part in the roundups of ${roundups} ${roundups === 1 ? 'server' : 'servers'}.`]
        : []),
    ].join('\n'),
    components: [row(await renewButton(app, person, token))],
  }
}

/** Who may look the person up in this server, and the buttons that change it. */
async function sharing(person: string, server: string | null, app: App): Promise<MessageBody> {
  if (server === null)
    throw new UserError('Sharing is set for each server. Use `/account sharing` in the one that you mean.')
  const shared = await app.sharing.shares(person, server)
  const takesPart = await app.roundups.takesPart(person, server)
  // Whoever shares may stop, also when Spotify has ended the link.
  if (!shared && !takesPart) await app.accounts.get(person)
  return {
    content: shared
      ? 'The members of **this server** may look up your liked songs, and turn their pages.'
      : '**Nobody** may look up your liked songs here.' + (takesPart ? roundupToo : ''),
    components: [
      row(
        button('Nobody', encodeShareRequestId({ action: 'hide', owner: person }), {
          style: shared ? 'secondary' : 'primary',
        }),
        button('This server', encodeShareRequestId({ action: 'share', owner: person }), {
          style: shared ? 'primary' : 'secondary',
        }),
      ),
    ],
  }
}

const roundupToo = ' You take part in its roundups, though: **Nobody** ends that as well.'

async function exported(person: string, app: App): Promise<MessageBody> {
  const text = `${JSON.stringify(await app.exportData(person), undefined, 2)}\n`
  const linked = (await app.accounts.find(person)) ? '' : ' You are not linked; `/link` does that.'
  const content = `This is what is stored about you and your connection. Secrets show as “present”.${linked}`
  return { content, files: [{ name: 'hearsay.json', text }] }
}

/** Puts the question into the channel, for its owner to answer. */
async function ask({ user, guildId }: ComponentPress, { owner }: ShareRequestId, app: App): Promise<Reply> {
  if (guildId === null) throw new UserError('This can be asked in servers only.')
  if (await app.sharing.ask(user.id, owner, guildId))
    return { kind: 'message', private: false, ...question(user.id, owner) }
  throw new UserError(`You have asked <@${owner}> here within the last hour. Please wait for the answer.`)
}

async function answered(
  press: ComponentPress,
  { action, owner, asker = owner }: ShareRequestId,
  app: App,
): Promise<Reply> {
  const server = press.guildId
  if (server === null) throw new UserError('Sharing is set for each server.')
  if (action === 'no') return closed
  if (action === 'hide') await Promise.all([app.sharing.set(owner, server, false), app.roundups.leave(owner, server)])
  if (action === 'share' || action === 'here') await share(owner, server, app)
  if (action === 'share' || action === 'hide') return { kind: 'update', ...(await sharing(owner, server, app)) }
  const page = async (viewer: string, content: string): Promise<Reply> => {
    const request = { viewer, owner, server, ownerName: press.user.displayName }
    const context = { request, author: authorLine(press.user), ephemeral: false }
    return { ...(await newestSongs(app, context, undefined)), kind: 'update', content }
  }
  if (action === 'once') return page(owner, `<@${owner}> shows this page.`)
  // The consent stands, whatever becomes of the page; and the page is shown only while it does.
  const content = `<@${owner}> shares their liked songs in this server now.`
  return { kind: 'update', content, continueWith: () => page(asker, content).catch(takenBack) }
}

/** What is left of a question that shows nothing (any more). */
const closed: Reply = { kind: 'update', content: 'This question has been answered.' }

function takenBack(error: unknown): Reply {
  if (error instanceof NotSharedError) return closed
  throw error
}

/** Set first, then looked: an unlink either finds the sharing or leaves no link to share. */
async function share(person: string, server: string, app: App): Promise<void> {
  await app.accounts.get(person)
  await app.sharing.set(person, server, true)
  if (await app.accounts.find(person)) return
  await app.sharing.set(person, server, false)
  await app.store.purge()
  await app.accounts.get(person)
}
