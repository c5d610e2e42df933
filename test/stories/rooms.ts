import { createChannels } from '../roundups/channel.ts'
import { expect } from 'vitest'
import { accountOf, people } from '../../sandbox/people.ts'
import type { SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { build } from '../../src/app.ts'
import type { App } from '../../src/context.ts'
import { readConfig } from '../../src/config.ts'
import { createHttp } from '../../src/http.ts'
import type { Log } from '../../src/log.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createDiscordOAuth } from '../../src/linking/discord-oauth.ts'
import type { LinkResult } from '../../src/linking/routes.ts'
import type { InvitationOptions } from '../../src/accounts/invitations.ts'
import { startWeb } from '../../src/web/server.ts'
import { createBrowser, type Browser, type Page } from '../../sandbox/browser.ts'

/** The program without its bot, in a sandbox: for stories of browsers, and of what the bot would be told. */
export interface Rooms extends Sandbox {
  readonly app: App
  readonly store: Store
  /** What was to be announced, to whom. */
  readonly news: { readonly person: string; readonly news: LinkResult }[]
  readonly errors: unknown[]
  visitor(username: string): Visitor
  stop(): Promise<void>
}

export interface Visitor {
  readonly id: string
  readonly browser: Browser
  readonly spotify: SpotifyAccount
  /** Opens the address that a private answer would hold. */
  opens(wishes?: InvitationOptions): Promise<Page>
  /** From that page on to the one after Discord, or to the last one. */
  goesOn(start: Page, until: 'confirm' | 'spotify' | 'done'): Promise<Page>
}

const stations = ['discord', 'confirm', 'spotify', 'done']

export async function startRooms(): Promise<Rooms> {
  const sandbox = await startSandbox()
  const config = readConfig(sandbox.env)
  const store = await openStore(config.store)
  const http = createHttp()
  const app = await build(config, store, http.send, new Map(), createChannels())
  const news: Rooms['news'] = []
  const errors: unknown[] = []
  const web = await startWeb(
    { ...config.web, providers: [config.discord.authorizeUrl, config.spotify.accountsUrl].map(originOf) },
    {
      app,
      discord: createDiscordOAuth(config.discord, http.send),
      announce: async (person, told) => void news.push({ person, news: told }),
      trouble: async () => undefined,
      log: { error: (details: unknown) => void errors.push(details) } as unknown as Log,
    },
  )
  return {
    ...sandbox,
    app,
    store,
    news,
    errors,
    visitor(username) {
      const id = people.find((one) => one.username === username)?.id ?? ''
      const browser = createBrowser(id)
      return {
        id,
        browser,
        spotify: sandbox.spotify.account(accountOf(id) ?? ''),
        opens: async (wishes) => browser.visit(await app.invitations.create(id, id, wishes)),
        async goesOn(start, until) {
          let page = start
          for (const _ of stations.slice(0, stations.indexOf(until) + 1)) page = await browser.goOn(page)
          return page
        },
      }
    },
    async stop() {
      await web.stop(performance.now() + 5_000)
      await http.close()
      await store.close()
      await sandbox.close()
      const { discord, spotify } = sandbox
      expect({ errors, discord: discord.surprises, spotify: spotify.surprises }).toEqual({
        errors: [],
        discord: [],
        spotify: [],
      })
    },
  }
}

function originOf(url: string): string {
  return new URL(url).origin
}
