import type { FakeDiscord } from '../discord/discord.ts'
import type { FakeSpotify } from '../spotify/spotify.ts'

/** What the chat page shows and acts on. */
export interface World {
  readonly discord: FakeDiscord
  readonly spotify: FakeSpotify
  /** The Spotify account of a person, by Discord id; undefined for a stranger. */
  accountOf(personId: string): string | undefined
  /** Makes it Friday, six o'clock; undefined where the clock is not the sandbox's. */
  readonly friday?: (() => void) | undefined
  /** Makes it 14 days, and after that 2 days before a person's connection ends; undefined as above. */
  readonly nearEnd?: ((personId: string) => void) | undefined
  /** The languages to choose from. */
  readonly locales?: readonly string[]
  /** Ends the program and starts it again; undefined where the sandbox does not run it. */
  readonly restart?: (() => Promise<void>) | undefined
}
