import type { SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import { freePort } from '../../sandbox/free-port.ts'
import { startSandbox } from '../world/sandbox.ts'
import type { RedisServer } from '../store/redis-server.ts'
import { words, type Browser } from '../../sandbox/browser.ts'
import { holdSpotify } from '../world/hold.ts'
import { startProgram, spawnProgram } from '../world/process.ts'
import { until } from '../world/until.ts'
import { collected } from '../world/outcomes.ts'
import { createPlayer, messageOf, type Player } from '../world/world.ts'
import { createSearch, type Search } from './search.ts'
import { createSecrets } from './secrets.ts'
import { startSecretProxy } from './secret-proxy.ts'

export interface Report extends Pick<Search, 'searched'> {
  /** How many secrets of each kind went from hand to hand. */
  readonly secrets: Readonly<Record<string, number>>
  readonly hits: readonly string[]
}

/**
 * Leads the program, as a process that logs everything, through a day of bad luck, and looks where its secrets are.
 * First at the gateway; then, after kill -9, behind `POST /interactions`.
 */
export async function runCanary(redis?: RedisServer): Promise<Report> {
  await using ends = new AsyncDisposableStack()
  const secrets = createSecrets()
  const sandbox = await startSandbox()
  ends.defer(() => sandbox.close())
  const watched = async (origin: string) => {
    const proxy = await startSecretProxy(origin, secrets)
    ends.defer(() => proxy.close())
    return proxy
  }
  const discord = await watched(new URL(sandbox.discord.apiUrl).origin)
  const spotify = await watched(new URL(sandbox.spotify.accountsUrl).origin)
  const program = await watched(sandbox.env['PUBLIC_URL'] ?? '')
  const changes = {
    DISCORD_API_URL: discord.origin + new URL(sandbox.discord.apiUrl).pathname,
    SPOTIFY_API_URL: spotify.origin + new URL(sandbox.spotify.apiUrl).pathname,
    // The browser is sent to the page of the same provider; only its address differs.
    SPOTIFY_ACCOUNTS_URL: spotify.origin,
    LOG_LEVEL: 'trace',
    METRICS_PORT: String(await freePort()),
    ...(redis && { REDIS_URL: redis.url }),
  }
  for (const name of ['DISCORD_TOKEN', 'DISCORD_CLIENT_SECRET', 'SPOTIFY_CLIENT_SECRET'])
    secrets.add('credential', sandbox.env[name])
  secrets.add('key', sandbox.env['TOKEN_KEYS']?.slice(3))
  for (const title of oldTitles(sandbox.spotify.account('ana-spotify'))) secrets.add('title', title)

  const search = createSearch(secrets, redis ?? sandbox.env['DATA_DIR'] ?? '')
  const pages: string[] = []
  const messages: string[] = []
  const [ana, ben, emil] = ['ana', 'ben', 'emil'].map((name) => {
    const player = createPlayer(sandbox, name)
    listen(player.browser)
    return player
  }) as [Player, Player, Player]

  const first = await startProgram(sandbox, changes)
  ends.defer(() => first.kill())
  await ana.links()
  await uses(ana, 'account sharing', 'Share with this server')
  await takePart()
  await keepsIndex()
  for (const command of ['liked recent', 'liked random', 'account status', 'account export', 'help', 'link', 'unlink'])
    await uses(ana, command)
  await uses(ben, 'liked recent', undefined, { member: ana.id })
  await uses(ana, 'liked recent', 'Ask @Ben to share', { member: ben.id })
  sandbox.spotify.rotation = true
  sandbox.spotify.expireAccessTokens()
  await uses(ana, 'liked recent')
  await spotifyFails()
  await discordFails()
  void spotify.echoes(/token$/, 400, 500)
  for (let times = 0; times < 2; times += 1) await ben.links().catch(() => undefined)
  await emil.linksUntil('spotify')
  await emil.browser.visit(
    `${sandbox.env['PUBLIC_URL']}/callback/spotify?state=${'s'.repeat(43)}&code=${'c'.repeat(64)}`,
  )
  await search.lookInStore('while it runs')
  await lookAtMetrics('the metrics at the gateway')
  await first.kill()
  await search.lookInStore('after kill -9')
  search.look('the log', first.output())

  const second = await startProgram(sandbox, { ...changes, DISCORD_PUBLIC_KEY: sandbox.discord.publicKey })
  ends.defer(() => second.kill())
  await sandbox.discord.deliverTo([`${program.origin}/interactions`])
  for (const command of ['account status', 'account export', 'liked random', 'link']) await uses(ana, command)
  await seesRoundup()
  await uses(ana, 'liked recent', 'Next')
  await discordFails()
  await lookAtMetrics('the metrics behind POST /interactions')
  const letGo = holdSpotify(sandbox.spotify)
  const asked = uses(ana, 'liked recent').catch(() => undefined)
  const underWay = () => sandbox.spotify.requests.at(-1)?.status === 0
  await until('a request that is held', underWay)
  const ending = second.terminate()
  letGo()
  await ending
  await asked
  search.look('the log behind POST /interactions', second.output())
  const wrongRing = spawnProgram({
    ...sandbox.env,
    ...changes,
    TOKEN_KEYS: `k9:${Buffer.alloc(32, 9).toString('base64')}`,
  })
  ends.defer(() => wrongRing.kill())
  await wrongRing.ended()
  search.look('the log', wrongRing.output())
  await search.lookInStore('after SIGTERM')
  // The hint in a link, the token in a form and songs are meant for whom they are shown to.
  for (const page of pages) search.look('pages', page, ['hint', 'form token'])
  for (const message of messages) search.look('messages and the export', message, ['hint', 'title'])
  return { secrets: secrets.counts(), searched: search.searched, hits: [...search.hits] }

  /** Ana's songs in roundups, posted and scheduled. */
  async function takePart(): Promise<void> {
    await uses(ana, 'roundup join', 'Join roundups')
    await seesRoundup()
    const channel = sandbox.discord.channels.at(-1)?.id ?? ''
    await uses(ana, 'roundup schedule', undefined, { channel, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' })
    await uses(ana, 'roundup status')
  }

  /** All of Ana's songs, read for a search and kept behind the answer. */
  async function keepsIndex(): Promise<void> {
    await uses(ana, 'liked search', undefined, { query: 'the' })
    await until('an index that is kept', async () => search.hasIndex())
    await search.lookInStore('after a search')
  }

  async function seesRoundup(): Promise<void> {
    messages.push(JSON.stringify(await collected(sandbox, ana, await ana.uses('roundup now'))))
  }

  /** It quotes what it saw. */
  async function spotifyFails(): Promise<void> {
    void spotify.echoes(/^\/v1\/me/, 500, 500, 401, 403, 200)
    for (let times = 0; times < 5; times += 1) await uses(ana, 'liked recent', undefined, { market: 'DE' })
    sandbox.spotify.expireAccessTokens()
    void spotify.echoes(/token$/, 400, 500, 200, 401)
    // What is in hand is not asked for, but in another country.
    for (let times = 0; times < 4; times += 1) await uses(ana, 'liked recent', undefined, { market: 'SE' })
  }

  /** It quotes what it saw. */
  async function discordFails(): Promise<void> {
    void discord.echoes(/oauth2\/token$/, 400, 500)
    for (let times = 0; times < 2; times += 1) await ben.linksUntil('confirm').catch(() => undefined)
    const refused = discord.echoes(/\/(webhooks|callback)/, 400, 500, 404)
    const exported = uses(ana, 'account export').catch(() => undefined)
    // Discord has refused every answer, so none comes.
    await Promise.race([exported, refused])
  }

  /** Notes what a browser holds and is sent, and keeps our pages. */
  function listen(browser: Browser): void {
    const { send } = browser
    const noting: Browser['send'] = async (url, options) => {
      const asked = new URL(url)
      secrets.add('state', asked.searchParams.get('state'))
      secrets.add('code', asked.searchParams.get('code'))
      secrets.add('hint', asked.searchParams.get('for'))
      const page = await send(url, options)
      secrets.add('cookie', browser.cookies.get('hearsay'))
      secrets.add('form token', /name="token" value="([^"]+)"/.exec(page.text)?.[1])
      // What a redirect says is what its address says, and no page.
      if (asked.origin === sandbox.env['PUBLIC_URL'] && !page.headers.has('location'))
        pages.push(`${page.text} ${words(page)}`)
      return page
    }
    Object.assign(browser, { send: noting })
  }

  async function uses(
    player: Player,
    command: string,
    press?: string,
    options: Readonly<Record<string, string | number>> = {},
  ): Promise<void> {
    const outcome = await player.uses(command, options)
    messages.push(JSON.stringify(outcome))
    if (press) messages.push(JSON.stringify(await player.presses(messageOf(outcome), press)))
  }

  async function lookAtMetrics(place: string): Promise<void> {
    search.look(place, await (await fetch(`http://127.0.0.1:${changes.METRICS_PORT}/metrics`)).text())
  }
}

/** Some that are in no roundup, and long enough to be in a text for no other reason. */
function oldTitles({ library }: SpotifyAccount): string[] {
  const month = 30 * 24 * 3_600_000
  const titles = (some: typeof library) => new Set(some.flatMap(({ song }) => song?.title ?? []))
  const isOld = ({ addedAt }: (typeof library)[number]): boolean => addedAt < Date.now() - 2 * month
  const old = titles(library.filter(isOld)).difference(titles(library.filter((saved) => !isOld(saved))))
  return [...old].filter((title) => title.length >= 16).slice(0, 60)
}
