import { guild, channels, makeAccounts } from '../../sandbox/people.ts'
import { freePort } from '../../sandbox/free-port.ts'
import type { FakeDiscord, Outcome } from '../../sandbox/discord/discord.ts'
import { startDiscord } from '../../sandbox/discord/start.ts'
import type { FakeSpotify, SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { createBrowser, primaryForm, type Page } from '../../sandbox/browser.ts'
import { startProgram, type Program } from '../../test/world/process.ts'

/** A Discord and a Spotify on loopback with many people, and the program between them as a process of its own. */
export interface Crowd {
  readonly discord: FakeDiscord
  readonly spotify: FakeSpotify
  readonly publicUrl: string
  /** What the program was told. */
  readonly env: Readonly<Record<string, string>>
  /** Discord ids. */
  readonly people: readonly string[]
  /** The latest process. */
  readonly program: Program
  /** Starts the program again, after it has ended. */
  restart(): Promise<void>
  uses(person: string, command: string, options?: Record<string, string>): Promise<Outcome>
  /** The whole way through the browser; the last page. */
  links(person: string): Promise<Page>
  stop(): Promise<void>
}

/** Where people are not as they are otherwise, with one account for all of them and Discord's three seconds. */
interface Circumstances {
  readonly accounts?: readonly SpotifyAccount[]
  /** The Spotify account of the person with that number, from 0. */
  readonly accountOf?: (number: number) => string
  /** When Discord gives an interaction up, in milliseconds. */
  readonly answerWithin?: number
  /** When it gives up one that was announced. */
  readonly finishWithin?: number
}

const first = 300_000_000_000_000_000n

/** `store`: where the program keeps what it remembers, and whatever else it is told, as its variables say it. */
export async function startCrowd(
  size: number,
  store: Readonly<Record<string, string>>,
  circumstances: Circumstances = {},
): Promise<Crowd> {
  const { accounts = makeAccounts(Date.now()), accountOf = () => 'ana-spotify' } = circumstances
  const { answerWithin = 3_000, finishWithin = 15_000 } = circumstances
  const people = Array.from({ length: size }, (_, index) => ({
    ...{ id: String(first + BigInt(index)), username: `member${index}`, displayName: `Member ${index}` },
    color: '#1d6fb8',
  }))
  const discord = await startDiscord({ people, channels, guild, answerWithin, finishWithin })
  const spotify = await startSpotify({ accounts })
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const env: Record<string, string> = {
    DISCORD_TOKEN: discord.credentials.token,
    DISCORD_CLIENT_ID: discord.credentials.clientId,
    DISCORD_CLIENT_SECRET: discord.credentials.clientSecret,
    SPOTIFY_CLIENT_ID: spotify.credentials.clientId,
    SPOTIFY_CLIENT_SECRET: spotify.credentials.clientSecret,
    PUBLIC_URL: publicUrl,
    PORT: String(port),
    TRUST_PROXY: '1',
    TOKEN_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_AUTHORIZE_URL: discord.authorizeUrl,
    SPOTIFY_API_URL: spotify.apiUrl,
    SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
    LOG_LEVEL: 'error',
    ...store,
  }
  let program = await startProgram({ env, discord })
  const killProgram = (): void => void program.kill()
  process.once('exit', killProgram)
  let visits = 0

  return {
    ...{ discord, spotify, publicUrl, env, people: people.map(({ id }) => id) },
    get program() {
      return program
    },
    async restart() {
      program = await startProgram({ env, discord })
    },
    uses: (person, command, options) => discord.use(person, channels[0]?.id ?? '', command, options),
    async links(person) {
      const browser = createBrowser(person)
      visits += 1
      browser.headers['x-forwarded-for'] = `10.${visits >> 16}.${(visits >> 8) & 255}.${visits & 255}`
      let page = await browser.visit(`${publicUrl}/link`)
      for (let step = 0; step < 3; step += 1) page = await browser.goOn(page)
      const { action } = primaryForm(page)
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const body = `decision=agree&account=${accountOf(people.findIndex(({ id }) => id === person))}`
      const agreed = await browser.send(new URL(action, page.url).href, { method: 'POST', headers, body })
      return browser.visit(agreed.headers.get('location') ?? publicUrl)
    },
    async stop() {
      process.off('exit', killProgram)
      await program.kill()
      await discord.close()
      await spotify.close()
    },
  }
}
