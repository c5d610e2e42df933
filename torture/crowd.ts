import { createBrowser, primaryForm, type Page } from '../sandbox/browser.ts'
import type { Outcome } from '../sandbox/discord/discord.ts'
import { startDiscord } from '../sandbox/discord/start.ts'
import { freePort } from '../sandbox/free-port.ts'
import { channels, guild, makeAccounts } from '../sandbox/people.ts'
import type { FakeSpotify, SpotifyAccount } from '../sandbox/spotify/spotify.ts'
import { startSpotify } from '../sandbox/spotify/start.ts'
import { environment } from '../sandbox/start.ts'
import type { App } from '../src/context.ts'
import { answerConsent, authorizeUrl, redirectUri, verifier } from '../test/sandbox/oauth-client.ts'
import { startProgram } from '../test/world/process.ts'

/** A Discord and a Spotify on loopback with many people, and the program between them as a process of its own. */
export type Crowd = Awaited<ReturnType<typeof startCrowd>>

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

/** `settings`: of the program beside what it has to be told, such as its store. */
export async function startCrowd(
  size: number,
  settings: Readonly<Record<string, string>>,
  circumstances: Circumstances = {},
) {
  const { accounts = makeAccounts(Date.now()), accountOf = () => 'ana-spotify' } = circumstances
  const { answerWithin = 3_000, finishWithin = 15_000 } = circumstances
  const members = Array.from({ length: size }, (_, index) => ({
    ...{ id: String(first + BigInt(index)), username: `member${index}`, displayName: `Member ${index}` },
    color: '#1d6fb8',
  }))
  const people: readonly string[] = members.map(({ id }) => id)
  const discord = await startDiscord({ people: members, channels, guild, answerWithin, finishWithin })
  const spotify = await startSpotify({ accounts })
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const env: Record<string, string> = {
    ...environment(discord, spotify, port, ''),
    ...{ TRUST_PROXY: '1', LOG_LEVEL: 'error', ...settings },
  }
  let program = await startProgram({ env, discord })
  const killProgram = (): void => void program.kill()
  process.once('exit', killProgram)
  let visits = 0

  return {
    ...{ discord, spotify, env, people, restart, uses, links, stop },
    /** The latest process. */
    get program() {
      return program
    },
  }

  /** Starts the program again, after it has ended. */
  async function restart(): Promise<void> {
    program = await startProgram({ env, discord })
  }

  function uses(person: string, command: string, options?: Record<string, string>): Promise<Outcome> {
    return discord.use(person, channels[0]?.id ?? '', command, options)
  }

  /** The whole way through the browser; the last page. */
  async function links(person: string): Promise<Page> {
    const browser = createBrowser(person)
    visits += 1
    browser.headers['x-forwarded-for'] = `10.${visits >> 16}.${(visits >> 8) & 255}.${visits & 255}`
    let page = await browser.visit(`${publicUrl}/link`)
    for (let step = 0; step < 3; step += 1) page = await browser.goOn(page)
    const consent = new URL(primaryForm(page).action, page.url).href
    return browser.visit((await answerConsent(consent, 'agree', accountOf(people.indexOf(person)))).href)
  }

  async function stop(): Promise<void> {
    process.off('exit', killProgram)
    await program.kill()
    await discord.close()
    await spotify.close()
  }
}

/** Links somebody as the pages do it but without them. */
export async function linkDirectly(app: App, spotify: FakeSpotify, person: string, account: string): Promise<void> {
  const back = await answerConsent(authorizeUrl(spotify), 'agree', account)
  const parameters = app.spotify.operator.oauth.validate(back.searchParams, 'a-state')
  await app.accounts.connect(person, { parameters, redirectUri, codeVerifier: verifier, startedAt: Date.now() })
}
