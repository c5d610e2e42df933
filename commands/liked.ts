import { ApplicationCommandOptionType as Type, ApplicationCommandType } from 'discord-api-types/v10'
import type { App } from '../src/context.ts'
import type { CommandCall, Caller, Command, Member, ContextMenuCall, ComponentPress } from '../src/command.ts'
import { everywhere } from '../src/views/everywhere.ts'
import { jumpModal, pageTyped } from '../src/views/pagination.ts'
import { decodePageId, encodePageId, longestQuery, type PageId } from '../src/views/page-id.ts'
import { parseDateRange } from '../src/views/dates.ts'
import { savedReply, trackToSave } from '../src/views/save-track.ts'
import { authorLine, nameIn } from '../src/views/song-list.ts'
import { searchChoices } from '../src/views/suggestions.ts'
import { renewalLine } from '../src/views/renewal.ts'
import {
  foundSongs,
  newestSongs,
  randomSong,
  songsByDate,
  foundPage,
  songsPage,
  type Answer,
  type ViewContext,
} from '../src/views/song-messages.ts'
import { UserError } from '../src/errors.ts'

const whose = {
  type: Type.User,
  name: 'member',
  description: 'Whose songs, if they share here; without it, yours',
} as const
const secret = { type: Type.Boolean, name: 'private', description: 'Show it to nobody but you' } as const

export default {
  data: {
    name: 'liked',
    description: 'Liked songs from Spotify',
    ...everywhere,
    options: [
      {
        type: Type.Subcommand,
        name: 'recent',
        description: 'What was liked lately, page by page',
        options: [
          whose,
          secret,
          {
            type: Type.String,
            name: 'market',
            description: 'Mark what is not available in a country: its two letters, such as GB',
            min_length: 2,
            max_length: 2,
          },
        ],
      },
      {
        type: Type.Subcommand,
        name: 'search',
        description: 'Liked songs with certain words in title, artists or album',
        options: [
          {
            type: Type.String,
            name: 'query',
            description: 'The words, in any order',
            required: true,
            autocomplete: true,
            max_length: longestQuery,
          },
          whose,
          secret,
        ],
      },
      {
        type: Type.Subcommand,
        name: 'random',
        description: 'One liked song, drawn from all of them',
        options: [whose, secret],
      },
      {
        type: Type.Subcommand,
        name: 'when',
        description: 'What was liked in a year, a month or on a day',
        options: [
          {
            type: Type.String,
            name: 'date',
            description: '2023, 2023-07 or 2023-07-14',
            required: true,
            max_length: 20,
          },
          whose,
          secret,
        ],
      },
    ],
  },

  ephemeral: isPrivate,

  contextMenus: {
    'Liked songs': {
      data: { type: ApplicationCommandType.User, name: 'Liked songs', ...everywhere },
      run: async (call: ContextMenuCall, app: App) =>
        newestSongs(app, sceneOf(call, personOrBot(call.targetUser), true), undefined),
    },
  },

  async run(call, app) {
    const member = call.options.getUser('member')
    const scene = sceneOf(call, member ? personOrBot(member) : call.user, isPrivate(call))
    const answer = await songsAsked(call, scene, app)
    const aside = member ? undefined : await renewalLine(app, call.user.id)
    return { ...answer, followUp: aside }
  },

  async component(press, app) {
    const track = trackToSave(press.customId, press.values)
    if (track) return savedReply(await app.saveTrack(press.user.id, track), track)
    const id = decodePageId(press.customId)
    if (!id)
      throw new UserError('This button is from another version of Hearsay. Use `/liked recent` for a fresh page.')
    const turns = press.onEphemeral || [id.owner, press.callerId].includes(press.user.id)
    const stays = turns && id.action !== 'browse'
    const scene = sceneAgain(press, id, press.onEphemeral || !stays)
    if (id.action === 'jump') {
      const dialog = jumpModal(encodePageId({ ...id, action: 'go' }))
      return app.access(scene.request, async () => ({ kind: 'dialog', dialog }))
    }
    if (id.action === 'go') await app.access(scene.request, async () => undefined)
    const answer = await songsFor(press, id, scene, app)
    // Whoever may look but not turn this page gets a copy of their own.
    return stays ? { ...answer, kind: 'update' } : answer
  },

  async autocomplete(call, app) {
    if (call.options.getSubcommand() !== 'search') return []
    const text = call.options.getFocused()
    return searchChoices(await app.library.suggest(call.user.id, text), text)
  },
} satisfies Command

async function songsAsked(call: CommandCall, scene: ViewContext, app: App): Promise<Answer> {
  const which = call.options.getSubcommand()
  if (which === 'random') return randomSong(app, scene)
  if (which === 'when') return songsByDate(app, scene, parseDateRange(call.options.getString('date') ?? ''))
  if (which === 'search') return foundSongs(app, scene, queryIn(call), { offset: 0 })
  return newestSongs(app, scene, marketIn(call))
}

function personOrBot(member: Member): Caller {
  if (member.bot) throw new UserError('Bots have no liked songs.')
  return member
}

function songsFor(press: ComponentPress, id: PageId, scene: ViewContext, app: App): Promise<Answer> {
  const { action, owner, query, market, anchor } = id
  if (action === 'another') return randomSong(app, scene)
  if (action === 'refresh' && !query) return newestSongs(app, scene, market)
  const offset = action === 'go' ? app.library.offsetOfPage(pageTyped(press)) : id.offset
  if (!query) return songsPage(app, scene, { owner, market }, { offset, anchor })
  return foundPage(app, scene, query, { offset, anchor: action === 'refresh' ? undefined : anchor })
}

function sceneOf(call: CommandCall, owner: Caller, hidden: boolean): ViewContext {
  const wish = { viewer: call.user.id, owner: owner.id, server: call.guildId, ownerName: owner.displayName }
  return { request: wish, author: authorLine(owner), ephemeral: hidden }
}

function sceneAgain({ user, guildId, author }: ComponentPress, { owner }: PageId, hidden: boolean): ViewContext {
  return { request: { viewer: user.id, owner, server: guildId, ownerName: nameIn(author) }, author, ephemeral: hidden }
}

/** Where the bot is no member everything is private, unless the caller says otherwise. */
function isPrivate(call: CommandCall): boolean {
  const atHome = call.guildId !== null && call.authorizingIntegrationOwners['0'] !== undefined
  return call.options.getBoolean('private') ?? !atHome
}

function marketIn(call: CommandCall): string | undefined {
  const market = call.options.getString('market')?.toUpperCase()
  if (market === undefined || /^[A-Z]{2}$/.test(market)) return market
  throw new UserError('A market is a country in two letters, such as GB or DE.')
}

function queryIn(call: CommandCall): string {
  const query = (call.options.getString('query') ?? '').replace(/\s+/g, ' ').trim().slice(0, longestQuery)
  if (/[\p{L}\p{N}]/u.test(query)) return query.toWellFormed()
  throw new UserError('Search for words: a part of a title, an artist or an album.')
}
