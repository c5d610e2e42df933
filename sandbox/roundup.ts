import { createBrowser } from './browser.ts'
import type { FakeDiscord, Message, Outcome } from './discord/discord.ts'
import { accountOf } from './people.ts'
import type { FakeSpotify } from './spotify/spotify.ts'

const members = ['chiyo', 'emil', 'fay']
const weekday = 5
const hour = 18
// A machine that does much else takes its time to start a program.
const longestStart = 5 * 60_000
const mostTries = 3

/**
 * Makes a weekly roundup wait for its Friday, by what people would do: some link their accounts and take part, and
 * somebody who manages the server sets it up in the last channel. Rejects where the program does not let them.
 */
export async function prepareRoundup(discord: FakeDiscord, spotify: FakeSpotify, publicUrl: string): Promise<void> {
  await discord.ready(longestStart)
  const channel = discord.channels.at(-1)?.id ?? ''
  for (const { id, username } of discord.people) {
    if (!members.includes(username)) continue
    // The library is made at its first use, which may keep this process busy for longer than the program waits for Spotify.
    void spotify.account(accountOf(id) ?? '').library
    await link(id, publicUrl)
    const preview = messageOf(await answered(() => discord.use(id, channel, 'roundup join')))
    await answered(() => discord.press(id, preview.id, 'Join roundups'))
    clearFor(id)
  }
  const manager = discord.people.find((person) => person.manager)?.id ?? ''
  const schedule = { channel, weekday: 'Friday', hour, timezone: 'UTC' }
  await answered(() => discord.use(manager, channel, 'roundup schedule', schedule))
  clearFor(manager)
  discord.say(manager, channel, 'The roundup comes on Friday at six. `/roundup join` if you want your songs in it.')

  function clearFor(person: string): void {
    for (const message of discord.messages(channel, person)) if (message.ephemeral) discord.dismiss(person, message.id)
  }
}

/** The Friday at six that comes next, in milliseconds. */
export function nextFriday(now: number): number {
  const date = new Date(now)
  const days = (weekday - date.getUTCDay() + 7) % 7
  const friday = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + days, hour)
  return friday > now ? friday : friday + 7 * 24 * 60 * 60 * 1000
}

async function link(person: string, publicUrl: string): Promise<void> {
  const browser = createBrowser(person)
  let page = await browser.visit(`${publicUrl}/link`)
  while (page.status === 200 && /primary/.test(page.text)) page = await browser.goOn(page)
  if (page.status !== 200) throw new Error(`${page.url} answered ${page.status}: ${page.text}`)
}

/** People try again where the program does not respond in time. */
async function answered(use: () => Promise<Outcome>): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await use()
    if (outcome.kind !== 'failed') return outcome
    if (tries === mostTries) throw new Error(outcome.reason)
  }
}

function messageOf(outcome: Outcome): Message {
  if (outcome.kind === 'message') return outcome.message
  throw new Error(`No message but ${JSON.stringify(outcome)}`)
}
