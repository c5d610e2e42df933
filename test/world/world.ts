import { expect } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { withNested } from '../../sandbox/discord/limits/layout.ts'
import type { Message, OptionValues, Outcome } from '../../sandbox/discord/discord.ts'
import { accountOf, channels, people } from '../../sandbox/people.ts'
import type { SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import { run } from '../../src/app.ts'
import type { Deadlines } from '../../src/discord/dispatch.ts'
import { readConfig } from '../../src/config.ts'
import type { Log } from '../../src/log.ts'
import { createBrowser, type Browser, type Page } from '../../sandbox/browser.ts'
import { notePrinted } from './printed.ts'
import { startSandbox } from './sandbox.ts'
import { until, waitLimit } from './until.ts'

/** The sandbox with the real program in it, and people who use it. */
export interface World extends Sandbox {
  /** What the program told its operator at level error. Whatever a test leaves in here fails it. */
  readonly errors: string[]
  /** What it told them at level warn. */
  readonly warnings: string[]
  person(username: string): Player
  stop(): Promise<void>
}

/** Somebody in front of the chat and of a browser. */
export interface Player {
  readonly id: string
  readonly name: string
  readonly browser: Browser
  readonly spotify: SpotifyAccount
  uses(command: string, options?: OptionValues): Promise<Outcome>
  presses(message: Message, component: string): Promise<Outcome>
  /** Presses a button by a custom id of the test's choice. */
  forges(message: Message, customId: string): Promise<Outcome>
  submits(outcome: Outcome, fields: Record<string, string>): Promise<Outcome>
  /** The whole way: the command, both providers, the last page. */
  links(): Promise<Page>
  /** The way up to one of its stations. */
  linksUntil(station: 'start' | 'discord' | 'confirm' | 'spotify'): Promise<Page>
}

/** For tests of what is answered, not of how soon: nothing is announced first, however slow the machine is. */
export const unhurried: Deadlines = { acknowledge: waitLimit, autocomplete: waitLimit }

/**
 * `transport`: how interactions come to the program; with a public key of the test's own it has to post them itself.
 * `deadlines`: of the program for its answers, the usual ones without it.
 * `prepare` is called before the program starts.
 */
export async function startWorld(
  changes: Record<string, string> = {},
  transport: 'gateway' | 'http' = 'gateway',
  deadlines?: Deadlines,
  prepare: (sandbox: Sandbox) => void | Promise<void> = () => undefined,
): Promise<World> {
  const sandbox = await startSandbox()
  await prepare(sandbox)
  const { discord, env } = sandbox
  const key: Record<string, string> = transport === 'http' ? { DISCORD_PUBLIC_KEY: discord.publicKey } : {}
  const errors: string[] = []
  const warnings: string[] = []
  const stop = new AbortController()
  const printed: string[] = []
  notePrinted(() => printed.join('\n'))
  const log = collect(errors, warnings, printed)
  const running = run(readConfig({ ...env, ...key, ...changes }), log, stop.signal, deadlines)
  await started(sandbox, transport, running)
  if (transport === 'http' && !changes['DISCORD_PUBLIC_KEY'])
    await discord.deliverTo([`${env['PUBLIC_URL']}/interactions`])
  return {
    ...sandbox,
    errors,
    warnings,
    person: (username) => createPlayer(sandbox, username),
    async stop() {
      stop.abort()
      await running
      await sandbox.close()
      expect({ errors, discord: sandbox.discord.surprises, spotify: sandbox.spotify.surprises }).toEqual({
        errors: [],
        discord: [],
        spotify: [],
      })
    },
  }
}

/** Until the program answers. Rejects at once when it ends before that, with its reason. */
async function started(
  { discord, env }: Sandbox,
  transport: 'gateway' | 'http',
  running: Promise<void>,
): Promise<void> {
  let isOver = false
  void running.catch(() => undefined).finally(() => (isOver = true))
  const health = `${env['PUBLIC_URL']}/health`
  const isHealthy = () =>
    fetch(health).then(
      ({ status }) => status === 200,
      () => false,
    )
  const [what, isThere] =
    transport === 'http'
      ? [`an answer of 200 from ${health}`, isHealthy]
      : ['the bot to come online', () => discord.online() && discord.commands().length > 0]
  await until(what, async () => {
    if (!isOver) return isThere()
    await running
    throw new Error('The program ended while it started.')
  })
}

export function createPlayer({ discord, spotify, env }: Sandbox, username: string): Player {
  const person = people.find((one) => one.username === username)
  if (!person) throw new Error(`Nobody here is called ${username}`)
  const channel = channels[0]?.id ?? ''
  const browser = createBrowser(person.id)

  const player: Player = {
    id: person.id,
    name: person.displayName,
    browser,
    spotify: spotify.account(accountOf(person.id) ?? ''),
    uses: (command, options) => discord.use(person.id, channel, command, options),
    presses: (message, component) => discord.press(person.id, message.id, component),
    forges: (message, customId) => discord.pressRaw(person.id, message.id, customId),
    submits: (outcome, fields) => discord.submit(person.id, outcome.kind === 'modal' ? outcome.modal.id : '', fields),
    async links() {
      return browser.goOn(await player.linksUntil('spotify'))
    },
    async linksUntil(station) {
      const start = await browser.visit(linkIn(messageOf(await player.uses('link')), env['PUBLIC_URL'] ?? ''))
      if (station === 'start') return start
      const discordPage = await browser.goOn(start)
      if (station === 'discord') return discordPage
      const confirm = await browser.goOn(discordPage)
      return station === 'confirm' ? confirm : browser.goOn(confirm)
    },
  }
  return player
}

/** The message of an answer; fails the test when there is none. */
export function messageOf(outcome: Outcome): Message {
  if (outcome.kind !== 'message' && outcome.kind !== 'update')
    throw new Error(`No message but ${JSON.stringify(outcome)}`)
  return outcome.message
}

/** The description of the embed; '' without one. */
export function descriptionOf({ embeds }: Message): string {
  return (embeds[0]?.['description'] as string | undefined) ?? ''
}

/** The rows of a song list as they are in the embed, each with its small print. */
export function rowsOf(message: Message): string[] {
  return descriptionOf(message)
    .split(/\n(?!-# )/)
    .filter((line) => /^\*\*\d/.test(line))
}

/** The footer of the embed, or the last text of a message of components. */
export function footerOf(message: Message): string {
  return (
    (message.embeds[0]?.['footer'] as { text: string } | undefined)?.text ??
    textsOf(message).at(-1)?.replace(/^-# /, '') ??
    ''
  )
}

/** The texts of a message of components. */
export function textsOf(message: Message): string[] {
  return allOf<{ content?: string }>(message).flatMap(({ content }) => content ?? [])
}

function allOf<Component>(message: Message): Component[] {
  return message.components.flatMap(withNested) as Component[]
}

interface Button {
  readonly type: number
  readonly label: string
  readonly custom_id?: string
  readonly url?: string
  readonly disabled?: boolean
}

export function buttonsOf(message: Message): Button[] {
  return allOf<Button>(message).filter(({ type }) => type === 2)
}

interface Select {
  readonly type: number
  readonly custom_id: string
  readonly placeholder?: string
  readonly options: readonly { readonly label: string; readonly value: string; readonly default?: boolean }[]
}

/** Selects of texts. */
export function selectsOf(message: Message): Select[] {
  return allOf<Select>(message).filter(({ type }) => type === 3)
}

function linkIn(message: Message, publicUrl: string): string {
  const url = buttonsOf(message).find((button) => button.url?.startsWith(`${publicUrl}/link`))?.url
  if (!url) throw new Error('The answer has no link button')
  return url
}

function collect(errors: string[], warnings: string[], printed: string[]): Log {
  const says =
    (kept: string[] = []) =>
    (details: unknown, message = String(details)): void => {
      const { err } = details as { err?: Error }
      const line = err ? `${message}: ${err.stack}` : message
      printed.push(line)
      kept.push(line)
    }
  const error = says(errors)
  return { debug: () => undefined, info: says(), warn: says(warnings), error, fatal: error } as Log
}
