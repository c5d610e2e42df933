import { REST } from 'discord.js'
import { expect } from 'vitest'
import { createBrowser, primaryForm, type Browser, type Page } from '../../sandbox/browser.ts'
import { accountOf, people } from '../../sandbox/people.ts'
import type { SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import type { InvitationOptions } from '../../src/accounts/invitations.ts'
import { build } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { App, LinkResult } from '../../src/context.ts'
import { createLinkTasks } from '../../src/discord/link-tasks.ts'
import { createPublisher } from '../../src/discord/publisher.ts'
import { createHttp, type Http } from '../../src/http.ts'
import { createDiscordOAuth } from '../../src/linking/discord-oauth.ts'
import type { Log } from '../../src/log.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { startWeb } from '../../src/web/server.ts'
import { formHeaders } from '../web/flow.ts'
import { startSandbox } from './sandbox.ts'

/** The program without its bot, in a sandbox: for tests of browsers, and of what the bot would be told. */
export interface WebFixture extends Sandbox {
  readonly app: App
  readonly store: Store
  /** Where the pages really are; `app.publicUrl` is what they call themselves. */
  readonly address: string
  /** The forms that went to token endpoints. */
  readonly exchanges: URLSearchParams[]
  /** What was to be announced, to whom. */
  readonly news: { readonly person: string; readonly news: LinkResult }[]
  /** Logged at level error; whatever a test leaves in here fails it. */
  readonly errors: unknown[]
  /** Why commands cannot be answered, as `/health` tells it. */
  trouble: string | undefined
  visitor(username: string): Visitor
  stop(): Promise<void>
}

/** Somebody in front of a browser. */
export interface Visitor {
  readonly id: string
  readonly browser: Browser
  readonly spotify: SpotifyAccount
  /** Opens the address that a private answer would hold. */
  opens(options?: InvitationOptions): Promise<Page>
  /** From that page on to the one after Discord, or to the last one. */
  goesOn(start: Page, until: 'confirm' | 'spotify' | 'done'): Promise<Page>
  /** Opens a path of ours and follows nothing. */
  sees(path: string): Promise<Page>
  /** Sends the form to a path of ours; the address that it redirects to. */
  posts(path: string, form?: Record<string, string>): Promise<URL>
  /** Agrees on a provider's page; the path of ours that it redirects to. */
  agrees(question: URL): Promise<string>
}

interface WebFixtureOptions {
  /** What the pages call themselves, where that is not where they are. */
  readonly publicUrl?: string
  /** The sandbox's file without it. */
  readonly store?: Store
}

const stations = ['discord', 'confirm', 'spotify', 'done']

export async function startWebFixture({ publicUrl, store: given }: WebFixtureOptions = {}): Promise<WebFixture> {
  const sandbox = await startSandbox(publicUrl === undefined ? {} : { publicUrl })
  const { discord, spotify, env } = sandbox
  const config = readConfig({ ...env, TRUST_PROXY: '1' })
  const store = given ?? (await openStore(config.store))
  const http = createHttp()
  const exchanges: URLSearchParams[] = []
  const send: Http = (url, request) => {
    if (url.endsWith('/token')) exchanges.push(new URLSearchParams(request?.body))
    return http.send(url, request)
  }
  const errors: unknown[] = []
  const log = { error: (details: unknown) => void errors.push(details) } as unknown as Log
  const rest = new REST({ api: discord.apiUrl }).setToken(discord.credentials.token)
  const app = await build(config, store, send, new Map(), createPublisher(rest, log))
  const news: WebFixture['news'] = []
  const state: Pick<WebFixture, 'trouble'> = { trouble: undefined }
  const web = await startWeb(config, {
    app,
    discord: createDiscordOAuth(config.discord, send),
    tasks: {
      ...createLinkTasks({ rest }, config.discord.clientId, app, log),
      announce: async ({ token }, told) => void news.push({ person: token, news: told }),
    },
    receive: async () => 'away',
    trouble: async () => ({ why: state.trouble }),
    waiting: () => undefined,
    log,
  })
  const address = `http://127.0.0.1:${web.port}`

  return Object.assign(state, {
    ...sandbox,
    app,
    store,
    address,
    exchanges,
    news,
    errors,
    visitor,
    async stop() {
      await web.stop(performance.now() + 5_000)
      await http.close()
      if (!given) await store.close()
      await sandbox.close()
      expect({ errors, discord: discord.surprises, spotify: spotify.surprises }).toEqual({
        errors: [],
        discord: [],
        spotify: [],
      })
    },
  })

  function visitor(username: string): Visitor {
    const id = people.find((one) => one.username === username)?.id ?? ''
    const browser = createBrowser(id)
    return {
      id,
      browser,
      spotify: spotify.account(accountOf(id) ?? ''),
      opens: async (options) => browser.visit(await app.invitations.create(id, id, options)),
      async goesOn(start, until) {
        let page = start
        for (const _ of stations.slice(0, stations.indexOf(until) + 1)) page = await browser.goOn(page)
        return page
      },
      sees: (path) => browser.send(address + path),
      posts: (path, form = {}) => redirectOf(address + path, new URLSearchParams(form)),
      async agrees(question) {
        const { action, fields } = primaryForm(await browser.send(question.href))
        const { pathname, search } = await redirectOf(action, fields)
        return pathname + search
      },
    }

    async function redirectOf(url: string, form: URLSearchParams): Promise<URL> {
      const sent = { method: 'POST', body: form.toString(), headers: formHeaders }
      const { headers, status } = await browser.send(url, sent)
      return new URL(headers.get('location') ?? expect.unreachable(`${url} answered ${status}`))
    }
  }
}
