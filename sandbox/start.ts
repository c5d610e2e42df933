import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FakeDiscord } from './discord/discord.ts'
import type { FakeSpotify } from './spotify/spotify.ts'
import { seedChat } from './chat/seed.ts'
import { ChatPortError, startChat } from './chat/server.ts'
import { startDiscord } from './discord/start.ts'
import { takeOverClock } from './clock.ts'
import { freePort } from './free-port.ts'
import { accountOf, channels, guild, makeAccounts, people } from './people.ts'
import { createProgramSlot, type ProgramSlot } from './program.ts'
import { momentBeforeEnd } from './connection-end.ts'
import { nextFriday, prepareRoundup } from './roundup.ts'
import { namesOfLocales, pseudoLocales, writePseudoLocales } from './pseudo-locales.ts'
import { startSpotify } from './spotify/start.ts'

export { ChatPortError }

/** A whole world on loopback, and the environment for the program that runs in it. */
export interface Sandbox {
  /** All that the program has to be told, and nothing else. */
  readonly env: Record<string, string>
  /** The chat page. */
  readonly url: string
  readonly discord: FakeDiscord
  readonly spotify: FakeSpotify
  /** Runs the program in this process, so that the chat page can restart it. */
  readonly keepRunning: ProgramSlot['keepRunning']
  close(): Promise<void>
}

export interface SandboxOptions {
  /** Of the chat page; 0 is any free one. */
  readonly port?: number
  /** Of the program's own web server. */
  readonly botPort?: number
  /** Where browsers find the program, where that is not its port on loopback. */
  readonly publicUrl?: string
  /**
   * Takes the clock of this process over, and lets a weekly roundup wait in it for a Friday that comes when it is
   * told to. For when the program runs in this process too.
   */
  readonly friday?: boolean
  /** Offers a restart on the chat page. For when `keepRunning` runs the program. */
  readonly restarts?: boolean
  /** Aborted when the program is to end; from then on nobody is told that the weekly roundup could not be prepared. */
  readonly ending?: AbortSignal
  /** Where the program keeps its data, kept at the end; without it a fresh one that is removed. */
  readonly directory?: string
  /** Milliseconds until an interaction without an acknowledgement dies; Discord's 3,000 without it. */
  readonly answerWithin?: number
  /** Milliseconds that the chat waits for the answer after a deferral; 15,000 without it. */
  readonly finishWithin?: number
  /** Requests that Spotify lets the app make in a rolling day; those of development mode without it. */
  readonly dailyLimit?: number
}

/** What an app in development mode was seen to get for all of its people. */
const developmentMode = 1_100

/** @throws ChatPortError when the chat page's port cannot be had. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const opened: (() => Promise<unknown>)[] = []
  try {
    const clock = options.friday ? takeOverClock() : undefined
    const { publicUrl, answerWithin, finishWithin, dailyLimit = developmentMode } = options
    const discord = await startDiscord({
      ...{ people, channels, guild },
      ...(answerWithin !== undefined && { answerWithin }),
      ...(finishWithin !== undefined && { finishWithin }),
      ...(publicUrl !== undefined && { redirectUris: [`${publicUrl}/callback/discord`] }),
    })
    opened.push(() => discord.close())
    const spotify = await startSpotify({ accounts: makeAccounts(Date.now()), dailyLimit })
    opened.push(() => spotify.close())
    if (publicUrl !== undefined) spotify.redirectUris.push(`${publicUrl}/callback/spotify`)
    seedChat(discord)
    const friday = clock && (() => clock.leapTo(nextFriday(Date.now())))
    const nearEnd = clock && ((person: string) => clock.leapTo(momentBeforeEnd(spotify, accountOf(person), Date.now())))
    const slot = createProgramSlot()
    const locales = [...(await namesOfLocales()), ...pseudoLocales]
    let prepared: Promise<unknown> = Promise.resolve()
    const restart = options.restarts ? () => prepared.then(slot.restart) : undefined
    const chat = await startChat(
      { discord, spotify, accountOf, friday, nearEnd, restart, locales },
      options.port ?? 8888,
    )
    opened.push(() => chat.close())
    discord.chatUrl = chat.url
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'hearsay-sandbox-')))
    if (!options.directory) opened.push(() => rm(directory, { recursive: true, force: true }))
    const port = options.botPort ?? (await freePort())
    const folder = await mkdtemp(join(tmpdir(), 'hearsay-locales-'))
    opened.push(() => rm(folder, { recursive: true, force: true }))
    await writePseudoLocales(folder)
    const env = { ...environment(discord, spotify, port, directory, publicUrl), LOCALES_DIR: folder }
    if (clock)
      prepared = prepareRoundup(discord, spotify, env.PUBLIC_URL).catch((error: unknown) => {
        if (!options.ending?.aborted) console.error('The weekly roundup of the sandbox could not be prepared:', error)
      })
    return { env, url: chat.url, discord, spotify, keepRunning: slot.keepRunning, close: () => closeAll(opened) }
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** All that the program has to be told about these providers, its port, its data and its address for browsers. */
export function environment(
  discord: Pick<FakeDiscord, 'apiUrl' | 'authorizeUrl' | 'credentials'>,
  spotify: Pick<FakeSpotify, 'apiUrl' | 'accountsUrl' | 'credentials'>,
  port: number,
  directory: string,
  publicUrl = `http://127.0.0.1:${port}`,
) {
  return {
    DISCORD_TOKEN: discord.credentials.token,
    DISCORD_CLIENT_ID: discord.credentials.clientId,
    DISCORD_CLIENT_SECRET: discord.credentials.clientSecret,
    SPOTIFY_CLIENT_ID: spotify.credentials.clientId,
    SPOTIFY_CLIENT_SECRET: spotify.credentials.clientSecret,
    PUBLIC_URL: publicUrl,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: directory,
    TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_AUTHORIZE_URL: discord.authorizeUrl,
    SPOTIFY_API_URL: spotify.apiUrl,
    SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
    LOG_LEVEL: 'warn',
  }
}

async function closeAll(opened: (() => Promise<unknown>)[]): Promise<void> {
  for (const close of opened.splice(0).toReversed()) await close()
}
