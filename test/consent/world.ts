import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import type { DiscordInProcess } from '../../sandbox/discord/in-process.ts'
import { build } from '../../src/app.ts'
import type { App } from '../../src/context.ts'
import type { Reply } from '../../src/command.ts'
import { createDispatch } from '../../src/discord/dispatch.ts'
import { createGuilds } from '../../src/discord/guilds.ts'
import { createOtherMessages } from '../../src/discord/other-messages.ts'
import { createPublisher } from '../../src/discord/publisher.ts'
import { errorMessage } from '../../src/error-messages.ts'
import type { Log } from '../../src/log.ts'
import { modelStore } from '../store/model.ts'
import { botOn } from '../world/bot-in-process.ts'
import type { StoppedTime } from '../world/stopped-time.ts'
import { createChat } from './chat.ts'
import { ConsentError, judge, judgeSongs, type Action, type Outcome as Replied, type Verdict } from './judge.ts'
import { watchKept } from './kept.ts'
import { createModel, type Model } from './model.ts'
import { channels, names, people, placeNamed, places, servers, type Name, type Place } from './people.ts'
import type { Pair } from './pairs.ts'
import type { Program } from './program.ts'
import { accountsIn, isBeyondThree, ownerOf as ownerOfAccount } from './songs.ts'
import { createSpotify, type Spotify } from './spotify.ts'
import { watched } from './watched.ts'

/** The program without a network, the people's view of it, and the Discord between them. */
export interface World {
  /** What runs at the moment: a restart makes another one. */
  readonly app: App
  readonly model: Model
  readonly spotify: Spotify
  readonly discord: DiscordInProcess
  readonly verdicts: Record<Verdict, number>
  /** What the person sees anywhere, the latest first. */
  seenBy(name: Name): Message[]
  /** Whose songs the message is about. */
  ownerOf(message: Message): Name
  /** With which account somebody has agreed to what a public message of theirs shows; undefined where they have not. */
  agreedOn(message: Message, caller: Name): string | undefined
  /** The modal that the person has before them. */
  dialogOf(name: Name): Dialog | undefined
  /** They send it off. */
  closes(name: Name): void
  /** Begins something in the chat; what the program makes of it is judged at that moment, and as it is seen then. */
  begins(action: Action, work: (discord: DiscordInProcess) => Promise<Outcome>, on?: Message): void
  /** What holds there for the person is read from the program next, since it depends on what came first. */
  adopts(name: Name, place: Place): void
  /** Begins something that puts nothing into the chat. */
  waitsFor(work: Promise<void>): void
  /** Lets everything that is under way come to its end. */
  idles(): Promise<void>
  /** The process is another one. What is under way has to have ended. */
  restarts(): Promise<void>
  /** How often an index of a library was found in the store. */
  indexesRead(): number
  /** Lets go on whatever does not wait for Spotify, and compares. Rejects with ConsentError. */
  settles(): Promise<void>
  /** Lets everything end. */
  ends(): Promise<void>
  close(): void
}

export interface Dialog {
  readonly id: string
  /** The message whose button opened it. */
  readonly on: Message
}

/** What is done at the moment. */
interface Doing {
  readonly action: Action
  /** Who sees the message that it is done to. */
  readonly changes: Name | 'all'
  readonly on: Message | undefined
  /** For whom the program's first reply is. */
  readers?: Name | 'all'
}

/** Beyond any wait of the program's for something other than Spotify. */
const patience = 3_000
const stride = 500
const mostRounds = 500
const mostIdle = 10
/** How often those who wait for nothing but each other are let go on. */
const mostTurns = 3
/** In nanoseconds. Where a busy machine takes longer, it ends within a later step. */
const mostOfThreads = 20_000_000n
const mostOfStoring = 1_000_000_000n
const betweenTries = 1_000_000_000n
const mostOfTries = 60_000_000_000n

export async function createWorld(program: Program, time: StoppedTime): Promise<World> {
  const { commands, config, registered } = program
  const model = createModel()
  const spotify = createSpotify(model.end)
  const wrong: unknown[] = []
  const log = {
    ...{ debug: () => undefined, info: () => undefined, warn: () => undefined },
    error: ({ err }: { err: unknown }, message: string) => wrong.push(new ConsentError(message, { cause: err })),
  } as unknown as Log
  const discord = createChat()
  discord.restore(registered)
  const client = botOn(discord, log, (interaction) => waitsFor(dispatch(interaction, false)))
  const publisher = createPublisher(client.rest, log)
  const guilds = createGuilds(client.rest)
  const others = createOtherMessages(client.rest, config.discord.clientId)
  const kept = watchKept(modelStore(() => Date.now()))
  const start = () => build(config, kept.store, spotify.http, commands, publisher, undefined, guilds, undefined, others)
  const ending = new AbortController()
  const dispatchOf = (app: App) => createDispatch(watched(commands, watch), app, new Map(), log, ending.signal)
  let app = await start()
  let dispatch = dispatchOf(app)

  /** By the interaction that was about them. */
  const owners = new Map<string, Name>()
  const agreements = new Map<string, Pair>()
  const dialogs = new Map<Name, Dialog>()
  const verdicts: World['verdicts'] = { shown: 0, refused: 0, 'something else': 0 }
  const underWay = new Set<Promise<void>>()
  const now = new AsyncLocalStorage<Doing>()
  const unclear: (readonly [Name, Place])[] = []

  return {
    ...{
      model,
      spotify,
      discord,
      verdicts,
      seenBy,
      ownerOf,
      agreedOn,
      begins,
      waitsFor,
      settles,
      idles,
      restarts,
      ends,
    },
    get app() {
      return app
    },
    indexesRead: kept.read,
    dialogOf: (name) => dialogs.get(name),
    adopts: (...what) => void unclear.push(what),
    closes: (name) => void dialogs.delete(name),
    close: () => void client.destroy(),
  }

  function seenBy(name: Name): Message[] {
    const here = places.filter((place) => !model.hasLeft(name, place))
    const messages = here.flatMap((place) => discord.messages(channels[place].id, people[name].id))
    return messages.toSorted((a, b) => Number(BigInt(b.id) - BigInt(a.id)))
  }

  function ownerOf({ id, interaction = '' }: Message): Name {
    const owner = owners.get(interaction)
    if (!owner) throw new Error(`Nobody knows what message ${id} is about`)
    return owner
  }

  function agreedOn({ interaction = '', ephemeral }: Message, caller: Name): string | undefined {
    const pair = agreements.get(interaction)
    return !ephemeral && pair?.caller === caller ? pair.agreed : undefined
  }

  function begins(action: Action, work: (discord: DiscordInProcess) => Promise<Outcome>, on?: Message): void {
    const doing: Doing = { action, on, changes: on && !on.ephemeral ? 'all' : action.who }
    const outcome = now.run(doing, () => spotify.during(action, () => work(discord)))
    waitsFor(outcome.then((came) => sees(doing, came, on)))
  }

  function sees({ action, readers }: Doing, outcome: Outcome, on: Message | undefined): void {
    const { who } = action
    // Spotify has held it up for longer than Discord waits.
    if (outcome.kind === 'failed' && outcome.deferred) return
    if (!readers) throw new ConsentError(`No command has heard of what ${who} does: ${JSON.stringify(outcome)}`)
    if (outcome.kind === 'failed') throw new ConsentError(`${who} is not answered: ${outcome.reason}`)
    if (outcome.kind === 'modal' && on) dialogs.set(who, { id: outcome.modal.id, on })
    if (!('message' in outcome)) return
    const seenBy = outcome.message.ephemeral ? who : 'all'
    if (seenBy !== readers) throw new ConsentError(`What is for ${readers} is seen by ${seenBy}`)
    judgeSongs(model, action, outcome.message, seenBy)
  }

  function waitsFor(work: Promise<void>): void {
    underWay.add(work)
    work.catch((error: unknown) => wrong.push(error)).finally(() => underWay.delete(work))
  }

  function watch(interaction: string, work: () => Promise<Reply>): Promise<Reply> {
    const doing = now.getStore()
    if (!doing) throw new Error('A command is used by nobody')
    const { action, changes, on } = doing
    owners.set(interaction, action.owner)
    const agreeing = async (): Promise<Reply> => {
      const reply = await work()
      const { pair, who } = action
      // By what they have asked for themselves, and by what has come of it.
      if (pair?.caller === who && reply.kind !== 'modal') {
        agreements.set(interaction, pair)
        if (reply.kind === 'update' && on?.interaction) agreements.set(on.interaction, pair)
      }
      return reply
    }
    return follow(action, changes, agreeing, (readers) => (doing.readers = readers))
  }

  /** Judges what comes of it, and what takes its place later. */
  async function follow(
    action: Action,
    changes: Name | 'all',
    work: () => Promise<Reply>,
    isFor: (readers: Name | 'all') => void = () => undefined,
  ): Promise<Reply> {
    const outcome = await work().then(
      (reply) => ({ reply, seenBy: readersOf(reply, action.who, changes) }),
      (error: unknown) => ({ error }),
    )
    isFor('error' in outcome ? action.who : outcome.seenBy)
    holds(action, outcome)
    if ('error' in outcome) throw outcome.error
    const { reply, seenBy } = outcome
    if (reply.kind === 'modal' || !reply.continueWith) return reply
    const { continueWith } = reply
    return {
      ...reply,
      async continueWith() {
        let isOver = false
        const last = (): Reply => ((isOver = true), { ...reply, kind: 'update' })
        const next = await follow(action, seenBy, async () => (await continueWith()) ?? last())
        return isOver ? undefined : next
      },
    }
  }

  function holds(action: Action, outcome: Replied): void {
    try {
      verdicts[judge(model, action, outcome)] += 1
      if ('error' in outcome && !errorMessage(outcome.error))
        throw new ConsentError(`${action.who} meets an unexpected failure`, { cause: outcome.error })
    } catch (error) {
      wrong.push(error)
    }
  }

  /** What is under way ends, as by deadlines. */
  async function idles(): Promise<void> {
    for (let round = 0; round === 0 || (underWay.size > 0 && round < mostIdle); round += 1) {
      spotify.timeOut()
      await settles()
    }
  }

  /** Everything that the program has in memory is gone. */
  async function restarts(): Promise<void> {
    app = await start()
    dispatch = dispatchOf(app)
  }

  async function settles(): Promise<void> {
    const before = kept.read()
    for (let turns = 0; underWay.size > 0 && turns < mostTurns; turns += 1) await turn()
    // It is inflated on another thread, by real time.
    const giveUpAt = process.hrtime.bigint() + mostOfThreads
    const isInflating = (): boolean => kept.read() > before && underWay.size > spotify.waiting
    while (isInflating() && process.hrtime.bigint() < giveUpAt) await turn()
    await time.pass(1)
    for (let passed = 0; underWay.size > 0 && passed < patience; passed += stride) await time.pass(stride)
    // A reading whose answer is held up is waited for as well.
    if (underWay.size === 0 && spotify.waiting === 0) await settlesLibrary()
    if (wrong.length > 0) throw wrong[0]
    if (discord.surprises.length > 0) throw new Error(discord.surprises.join('\n'))
    for (const what of unclear.splice(0)) await adopt(...what)
    if (underWay.size === 0) await kept.check(app)
    for (const name of names) {
      compare(name, 'shares', await app.sharing.servers(people[name].id), model.places(name))
      compare(name, 'takes part', await app.roundups.servers(people[name].id), model.roundups(name))
      await checkStored(name)
    }
    // A post is changed when Discord has said who of the others is still there.
    for (let turns = 0; places.some(staleIn) && turns < mostRounds; turns += 1) await turn()
    // What has failed, as where a lease was over, the program tries again after ten seconds, and they are real ones.
    const triedBefore = process.hrtime.bigint() + mostOfTries
    for (let triedAt = 0n; places.some(staleIn) && triedAt < triedBefore; await turn()) {
      if (process.hrtime.bigint() < triedAt + betweenTries) continue
      triedAt = process.hrtime.bigint()
      void app.roundups.runRemovals(ending.signal)
    }
    for (const place of places) {
      const account = staleIn(place)
      if (account) throw new ConsentError(`a roundup in the chat goes on showing songs of ${account}`)
    }
  }

  /** Lets what is read and stored end. A reading rests before it asks again, and storing takes real time. */
  async function settlesLibrary(): Promise<void> {
    const library = { isSettled: false }
    void app.library.settled().finally(() => (library.isSettled = true))
    const begun = process.hrtime.bigint()
    for (let passed = 0; !library.isSettled && process.hrtime.bigint() < begun + mostOfStoring;) {
      await turn()
      if (library.isSettled || passed >= patience || process.hrtime.bigint() < begun + mostOfThreads) continue
      await time.pass(stride)
      passed += stride
    }
  }

  async function adopt(name: Name, place: Place): Promise<void> {
    const { id } = people[name]
    const server = servers[place] ?? ''
    if (!(await app.sharing.servers(id)).includes(server)) model.hide(name, place)
    if (!(await app.roundups.servers(id)).includes(server)) model.quit(name, place)
    else if (!model.roundups(name).includes(place)) model.join(name, place)
  }

  function compare(name: Name, does: string, stored: readonly string[], meant: readonly Place[]): void {
    const differ = new Set(stored.map(placeNamed)).symmetricDifference(new Set(meant))
    // When it ends what they have left behind depends on when Discord is asked.
    if ([...differ].every((place) => model.hasLeft(name, place))) return
    throw new ConsentError(`${name} ${does} in [${stored.join()}] and not, as meant, in [${meant.join()}]`)
  }

  /** What roundups keep of somebody who has not agreed to be shown with everything. */
  async function checkStored(name: Name): Promise<void> {
    const fewer = model.roundups(name).filter((place) => !model.showsAll(name, place))
    if (fewer.length === 0) return
    const { shown } = await app.roundups.about(people[name].id)
    for (const { server, title } of shown)
      for (const account of fewer.includes(placeNamed(server)) ? accountsIn(title) : [])
        if (isBeyondThree(title, account))
          throw new ConsentError(`more songs of ${account} are kept than are to be shown`)
  }

  /** Whose songs a roundup in that channel still shows although they have taken their consent back. */
  function staleIn(place: Place): string | undefined {
    const posts = discord.messages(channels[place].id, '')
    const roundups = posts.filter(({ components }) => JSON.stringify(components).includes('roundup:1:invite'))
    return roundups
      .flatMap((message) => [...accountsIn(message)])
      .find((account) => {
        const owner = ownerOfAccount(account)
        return !model.takesPart(owner, place, account) && !model.hasLeft(owner, place)
      })
  }

  async function ends(): Promise<void> {
    for (let round = 0; underWay.size > 0; round += 1) {
      if (round > mostRounds) throw new Error('Something is never answered')
      spotify.letThrough()
      await settles()
    }
  }
}

function readersOf(reply: Reply, who: Name, changes: Name | 'all'): Name | 'all' {
  if (reply.kind === 'message') return reply.ephemeral ? who : 'all'
  return reply.kind === 'update' ? changes : who
}
