import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../../sandbox/start.ts'
import { tell, type RedisServer } from '../store/redis-server.ts'
import { words, type Browser } from '../world/browser.ts'
import { startProgram, spawnProgram } from '../world/process.ts'
import { createPlayer, messageOf, type Player } from '../world/world.ts'
import { createSecrets } from './secrets.ts'
import { startTap } from './tap.ts'

export interface Report {
  /** How many secrets of each kind went from hand to hand. */
  readonly secrets: Readonly<Record<string, number>>
  /** How many bytes were searched, by place. */
  readonly searched: Readonly<Record<string, number>>
  /** "the log: a refresh token, as hex". */
  readonly hits: readonly string[]
}

/** Leads the program, as a process that logs everything, through a day of bad luck, and looks where its secrets are. */
export async function runCanary(redis?: RedisServer): Promise<Report> {
  await using ends = new AsyncDisposableStack()
  const secrets = createSecrets()
  const sandbox = await startSandbox({ port: 0 })
  ends.defer(() => sandbox.close())
  const discord = await startTap(new URL(sandbox.discord.apiUrl).origin, secrets)
  ends.defer(() => discord.close())
  const spotify = await startTap(new URL(sandbox.spotify.accountsUrl).origin, secrets)
  ends.defer(() => spotify.close())
  const directory = sandbox.env['DATA_DIR'] ?? ''
  const changes = {
    DISCORD_API_URL: discord.origin + new URL(sandbox.discord.apiUrl).pathname,
    SPOTIFY_API_URL: spotify.origin + new URL(sandbox.spotify.apiUrl).pathname,
    // The browser is sent to the page of the same provider; only its address differs.
    SPOTIFY_ACCOUNTS_URL: spotify.origin,
    LOG_LEVEL: 'trace',
    ...(redis && { REDIS_URL: redis.url }),
  }
  for (const name of ['DISCORD_TOKEN', 'DISCORD_CLIENT_SECRET', 'SPOTIFY_CLIENT_SECRET'])
    secrets.add('credential', sandbox.env[name])
  secrets.add('key', sandbox.env['TOKEN_KEYS']?.slice(3))

  const searched: Record<string, number> = {}
  const hits = new Set<string>()
  const search = (place: string, text: string | Buffer, except: readonly string[] = []) => {
    searched[place] = (searched[place] ?? 0) + text.length
    for (const found of secrets.foundIn(text, except)) hits.add(`${place}: ${found}`)
  }
  const pages: string[] = []
  const messages: string[] = []
  const [ana, ben, emil] = ['ana', 'ben', 'emil'].map((name) => {
    const player = createPlayer(sandbox, name)
    listen(player.browser)
    return player
  }) as [Player, Player, Player]

  const first = await startProgram(sandbox, changes)
  await ana.links()
  await uses(ana, 'account sharing', 'This server')
  for (const command of ['liked recent', 'liked random', 'account status', 'account export', 'help', 'link', 'unlink'])
    await uses(ana, command)
  await uses(ben, 'liked recent', undefined, { member: ana.id })
  sandbox.spotify.rotation = true
  sandbox.spotify.expireAccessTokens()
  await uses(ana, 'liked recent')
  spotify.echoes(/^\/v1\/me/, 500, 500, 401, 403, 200)
  for (let times = 0; times < 5; times += 1) await uses(ana, 'liked recent', undefined, { market: 'DE' })
  sandbox.spotify.expireAccessTokens()
  spotify.echoes(/token$/, 400, 500, 200, 401)
  for (let times = 0; times < 4; times += 1) await uses(ana, 'liked random')
  discord.echoes(/oauth2\/token$/, 400, 500)
  for (let times = 0; times < 2; times += 1) await ben.linksUntil('confirm').catch(() => undefined)
  discord.echoes(/\/(webhooks|callback)/, 400, 500, 404)
  await uses(ana, 'account status').catch(() => undefined)
  spotify.echoes(/token$/, 400, 500)
  for (let times = 0; times < 2; times += 1) await ben.links().catch(() => undefined)
  await emil.linksUntil('spotify')
  await emil.browser.visit(
    `${sandbox.env['PUBLIC_URL']}/callback/spotify?state=${'s'.repeat(43)}&code=${'c'.repeat(64)}`,
  )
  await searchStores('while it runs')
  await first.kill()
  await searchStores('after kill -9')
  search('the log', first.output())

  const second = await startProgram(sandbox, changes)
  sandbox.spotify.trouble = { kind: 'slow', delay: 1 }
  const asked = uses(ana, 'liked recent').catch(() => undefined)
  await sleep(300)
  await second.terminate()
  await asked
  search('the log', second.output())
  const wrongRing = spawnProgram({
    ...sandbox.env,
    ...changes,
    TOKEN_KEYS: `k9:${Buffer.alloc(32, 9).toString('base64')}`,
  })
  await wrongRing.ended()
  search('the log', wrongRing.output())
  await searchStores('after SIGTERM')
  // The hint in a link and the token in a form are meant for whom they are shown to.
  for (const page of pages) search('pages', page, ['hint', 'form token'])
  for (const message of messages) search('messages and the export', message, ['hint'])
  return { secrets: secrets.counts(), searched, hits: [...hits] }

  /** Notes what a browser holds and is sent, and keeps our pages. */
  function listen(browser: Browser): void {
    const { send } = browser
    const tapped: Browser['send'] = async (url, options) => {
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
    Object.assign(browser, { send: tapped })
  }

  async function uses(player: Player, command: string, press?: string, options: Record<string, string> = {}) {
    const outcome = await player.uses(command, options)
    messages.push(JSON.stringify(outcome))
    if (press) messages.push(JSON.stringify(await player.presses(messageOf(outcome), press)))
  }

  async function searchStores(when: string): Promise<void> {
    if (!redis) {
      for (const name of readdirSync(directory)) search(`files ${when}`, readFileSync(join(directory, name)))
      return
    }
    for (const key of (await tell(redis, 'KEYS', '*')).split(/\r?\n/)) {
      if (!key.startsWith('hearsay')) continue
      const [type = ''] = (await tell(redis, 'TYPE', key)).slice(1).split('\r')
      const reading: Record<string, string[]> = {
        string: ['GET', key],
        set: ['SMEMBERS', key],
        zset: ['ZRANGE', key, '0', '-1'],
      }
      search(`Redis ${when}`, `${key} ${await tell(redis, ...(reading[type] ?? ['DUMP', key]))}`)
    }
  }
}
