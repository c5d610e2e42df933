import { ApplicationCommandOptionType, ApplicationIntegrationType, InteractionContextType } from 'discord.js'
import type { App } from '../src/app.ts'
import type { Body, Call, Caller, Command, Press } from '../src/bot/command.ts'
import { jumpDialog, pageButtons, pageField } from '../src/bot/format/page-buttons.ts'
import { decodePageId, type PageId } from '../src/bot/format/page-id.ts'
import { songPage } from '../src/bot/format/song-page.ts'
import { UserError } from '../src/errors.ts'
import type { LikedPage } from '../src/library/library.ts'

export default {
  data: {
    name: 'liked',
    description: 'Your liked songs from Spotify',
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'recent',
        description: 'Show what you have liked lately, page by page',
        options: [
          {
            type: ApplicationCommandOptionType.Boolean,
            name: 'private',
            description: 'Show it to nobody but you',
          },
          {
            type: ApplicationCommandOptionType.String,
            name: 'market',
            description: 'Mark what is not available in a country: its two letters, such as GB',
            min_length: 2,
            max_length: 2,
          },
        ],
      },
    ],
  },

  private: isPrivate,

  async run(call, app) {
    const market = marketOf(call)
    const page = await app.library.newest(call.user.id, { offset: 0, market })
    return { kind: 'message', private: isPrivate(call), ...shown(page, call.user, market, isPrivate(call)) }
  },

  async press(press, app) {
    const id = decodePageId(press.customId)
    if (!id)
      throw new UserError('This button is from another version of Hearsay. Use `/liked recent` for a fresh page.')
    // Only the owner has these pages turned; a private copy is its owner's anyway.
    if (press.user.id !== id.owner) {
      throw new UserError(
        `These are <@${id.owner}>'s songs, so only they can turn the pages. \`/liked recent\` shows yours.`,
      )
    }
    if (id.action === 'jump') return { kind: 'dialog', dialog: jumpDialog(id) }
    const page = await pageFor(press, id, app)
    if (id.action !== 'browse') return { kind: 'update', ...shown(page, press.user, id.market, press.onPrivate) }
    return { kind: 'message', private: true, ...shown(page, press.user, id.market, true) }
  },
} satisfies Command

/** Outside servers everything is private by default. */
function isPrivate(call: Call): boolean {
  return call.options.getBoolean('private') ?? call.guildId === null
}

function marketOf(call: Call): string | undefined {
  const market = call.options.getString('market')?.toUpperCase()
  if (market === undefined || /^[A-Z]{2}$/.test(market)) return market
  throw new UserError('A market is a country in two letters, such as GB or DE.')
}

function pageFor(press: Press, { owner, offset, anchor, market, action }: PageId, app: App): Promise<LikedPage> {
  if (action === 'refresh') return app.library.newest(owner, { offset, market })
  const wanted = action === 'go' ? app.library.offsetOfPage(pageNumber(press)) : offset
  return app.library.turn(owner, { offset: wanted, anchor, market })
}

function pageNumber(press: Press): number {
  const typed = (press.field(pageField) ?? '').normalize('NFKC').replace(/[\s,.]/g, '')
  if (/^\d{1,7}$/.test(typed) && Number(typed) > 0) return Number(typed)
  throw new UserError('A page is a number, such as 12.')
}

function shown(page: LikedPage, owner: Caller, market: string | undefined, onPrivate: boolean): Body {
  return {
    embeds: [songPage(page, { name: owner.displayName, avatarUrl: owner.displayAvatarURL() })],
    components: pageButtons(page, owner.id, market, onPrivate),
  }
}
