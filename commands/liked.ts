import { ApplicationCommandOptionType as Type, ApplicationCommandType } from 'discord-api-types/v10'
import type { App } from '../src/app.ts'
import type { Call, Caller, Command, Member, MenuCall, Press } from '../src/command.ts'
import { everywhere } from '../src/views/everywhere.ts'
import { jumpDialog, pageTyped } from '../src/views/pagination.ts'
import { decodePageId, encodePageId, longestQuery, type PageId } from '../src/views/page-id.ts'
import { readPeriod } from '../src/views/dates.ts'
import { savedReply, trackToSave } from '../src/views/save-track.ts'
import { authorLine, nameIn } from '../src/views/song-list.ts'
import { suggestions } from '../src/views/suggestions.ts'
import { renewalLine } from '../src/views/renewal.ts'
import {
  foundSongs,
  newestSongs,
  randomSong,
  songsOf,
  turnedFound,
  turnedSongs,
  type Answer,
  type Scene,
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

  private: isPrivate,

  menu: {
    'Liked songs': {
      data: { type: ApplicationCommandType.User, name: 'Liked songs', ...everywhere },
      run: async (call: MenuCall, app: App) =>
        newestSongs(app, sceneOf(call, personOrBot(call.targetUser), true), undefined),
    },
  },

  async run(call, app) {
    const member = call.options.getUser('member')
    const scene = sceneOf(call, member ? personOrBot(member) : call.user, isPrivate(call))
    const answer = await songsAsked(call, scene, app)
    const aside = member ? undefined : await renewalLine(app, call.user.id)
    return { ...answer, aside }
  },

  async press(press, app) {
    const track = trackToSave(press.customId, press.values)
    if (track) return savedReply(await app.save(press.user.id, track), track)
    const id = decodePageId(press.customId)
    if (!id)
      throw new UserError('This button is from another version of Hearsay. Use `/liked recent` for a fresh page.')
    const turns = press.onPrivate || [id.owner, press.callerId].includes(press.user.id)
    const stays = turns && id.action !== 'browse'
    const scene = sceneAgain(press, id, press.onPrivate || !stays)
    if (id.action === 'jump') {
      const dialog = jumpDialog(encodePageId({ ...id, action: 'go' }))
      return app.look(scene.wish, async () => ({ kind: 'dialog', dialog }))
    }
    if (id.action === 'go') await app.look(scene.wish, async () => undefined)
    const answer = await songsFor(press, id, scene, app)
    // Whoever may look but not turn this page gets a copy of their own.
    return stays ? { ...answer, kind: 'update' } : answer
  },

  async complete(call, app) {
    if (call.options.getSubcommand() !== 'search') return []
    const text = call.options.getFocused()
    return suggestions(await app.library.suggest(call.user.id, text), text)
  },
} satisfies Command

async function songsAsked(call: Call, scene: Scene, app: App): Promise<Answer> {
  const which = call.options.getSubcommand()
  if (which === 'random') return randomSong(app, scene)
  if (which === 'when') return songsOf(app, scene, readPeriod(call.options.getString('date') ?? ''))
  if (which === 'search') return foundSongs(app, scene, queryIn(call), { offset: 0 })
  return newestSongs(app, scene, marketIn(call))
}

function personOrBot(member: Member): Caller {
  if (member.bot) throw new UserError('Bots have no liked songs.')
  return member
}

function songsFor(press: Press, id: PageId, scene: Scene, app: App): Promise<Answer> {
  const { action, owner, query, market, anchor } = id
  if (action === 'another') return randomSong(app, scene)
  if (action === 'refresh' && !query) return newestSongs(app, scene, market)
  const offset = action === 'go' ? app.library.offsetOfPage(pageTyped(press)) : id.offset
  if (!query) return turnedSongs(app, scene, { owner, market }, { offset, anchor })
  return turnedFound(app, scene, query, { offset, anchor: action === 'refresh' ? undefined : anchor })
}

function sceneOf(call: Call, owner: Caller, hidden: boolean): Scene {
  const wish = { viewer: call.user.id, owner: owner.id, server: call.guildId, ownerName: owner.displayName }
  return { wish, author: authorLine(owner), isPrivate: hidden }
}

function sceneAgain({ user, guildId, author }: Press, { owner }: PageId, hidden: boolean): Scene {
  return { wish: { viewer: user.id, owner, server: guildId, ownerName: nameIn(author) }, author, isPrivate: hidden }
}

/** Where the bot is no member everything is private, unless the caller says otherwise. */
function isPrivate(call: Call): boolean {
  const atHome = call.guildId !== null && call.authorizingIntegrationOwners['0'] !== undefined
  return call.options.getBoolean('private') ?? !atHome
}

function marketIn(call: Call): string | undefined {
  const market = call.options.getString('market')?.toUpperCase()
  if (market === undefined || /^[A-Z]{2}$/.test(market)) return market
  throw new UserError('A market is a country in two letters, such as GB or DE.')
}

function queryIn(call: Call): string {
  const query = (call.options.getString('query') ?? '').replace(/\s+/g, ' ').trim().slice(0, longestQuery)
  if (/[\p{L}\p{N}]/u.test(query)) return query.toWellFormed()
  throw new UserError('Search for words: a part of a title, an artist or an album.')
}
