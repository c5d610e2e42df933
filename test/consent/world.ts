import { createMemoryPublisher } from '../roundups/memory-publisher.ts'
import { build } from '../../src/app.ts'
import type { App } from '../../src/context.ts'
import type { Reply } from '../../src/command.ts'
import { refusal } from '../../src/views/share-request.ts'
import { errorMessage } from '../../src/error-messages.ts'
import { NotSharedError } from '../../src/errors.ts'
import { modelStore } from '../store/model.ts'
import type { StoppedTime } from '../world/stopped-time.ts'
import type { Modal, Message } from './chat.ts'
import { ConsentError, judge, type Action, type Outcome, type Verdict } from './judge.ts'
import { createModel, type Model } from './model.ts'
import { names, people, servers, type Name } from './people.ts'
import type { Program } from './program.ts'
import { createSpotify, type Spotify } from './spotify.ts'

/** The program without its edges, the people's view of it, and the chat between them. */
export interface World {
  readonly app: App
  readonly commands: Program['commands']
  readonly model: Model
  readonly spotify: Spotify
  /** The latest first. */
  readonly messages: Message[]
  readonly modals: Modal[]
  readonly verdicts: Record<Verdict, number>
  /** Begins something; its answer is judged and put into the chat when it is there. */
  begins(action: Action, work: () => Promise<Reply>, on?: Message): void
  /** Begins something that puts nothing into the chat. */
  waitsFor(work: Promise<void>): void
  /** Lets go on whatever does not wait for Spotify, and compares. Rejects with ConsentError. */
  settles(): Promise<void>
  /** Lets everything end. */
  ends(): Promise<void>
}

/** Beyond any wait of the program's for something other than Spotify. */
const patience = 3_000
const stride = 500
const mostRounds = 500

export async function createWorld({ commands, config }: Program, time: StoppedTime): Promise<World> {
  const model = createModel()
  const spotify = createSpotify(model.end)
  const app = await build(config, modelStore(), spotify.http, commands, createMemoryPublisher())
  const messages: Message[] = []
  const modals: Modal[] = []
  const verdicts: World['verdicts'] = { shown: 0, refused: 0, 'something else': 0 }
  const wrong: unknown[] = []
  const underWay = new Set<Promise<void>>()

  return { app, commands, model, spotify, messages, modals, verdicts, begins, waitsFor, settles, ends }

  function begins(action: Action, work: () => Promise<Reply>, on?: Message): void {
    waitsFor(follow(action, spotify.during(action, work), on))
  }

  function waitsFor(work: Promise<void>): void {
    underWay.add(work)
    work.catch((error: unknown) => wrong.push(error)).finally(() => underWay.delete(work))
  }

  async function follow(action: Action, work: Promise<Reply>, on?: Message): Promise<void> {
    const outcome = await work.then(
      (reply): Outcome => ({ reply, seenBy: readersOf(reply, action, on) }),
      (error: unknown): Outcome => ({ error }),
    )
    verdicts[judge(model, action, outcome)] += 1
    if ('error' in outcome) return apologise(action, outcome.error)
    const { reply, seenBy } = outcome
    if (reply.kind === 'modal') {
      if (on) modals.unshift({ to: action.who, on, customId: reply.modal.custom_id })
      return
    }
    const message = reply.kind === 'update' && on ? on : post(action, seenBy)
    message.body = reply
    if (reply.continueWith)
      await follow(
        action,
        reply.continueWith().then((next) => next ?? { kind: 'update', ...message.body }),
        message,
      )
  }

  function post({ who, place, owner }: Action, seenBy: Name | 'all'): Message {
    const message: Message = { place, seenBy, caller: who, owner, body: {} }
    messages.unshift(message)
    return message
  }

  function apologise(action: Action, error: unknown): void {
    const explanation = errorMessage(error)
    if (!explanation) throw new ConsentError(`${action.who} meets an unexpected failure`, { cause: error })
    const body = error instanceof NotSharedError ? refusal(error) : { content: explanation.sentence }
    post(action, action.who).body = body
  }

  async function settles(): Promise<void> {
    await time.pass(1)
    for (let passed = 0; underWay.size > 0 && passed < patience; passed += stride) await time.pass(stride)
    if (wrong.length > 0) throw wrong[0]
    for (const name of names) await compareSharing(name)
  }

  async function compareSharing(name: Name): Promise<void> {
    const stored = await app.sharing.servers(people[name].id)
    const meant = model.places(name).map((place) => servers[place])
    if (new Set<string | null>(stored).symmetricDifference(new Set(meant)).size === 0) return
    throw new ConsentError(`${name} shares in [${stored.join()}] and not, as meant, in [${meant.join()}]`)
  }

  async function ends(): Promise<void> {
    for (let round = 0; underWay.size > 0; round += 1) {
      if (round > mostRounds) throw new Error('Something is never answered')
      spotify.letThrough()
      await settles()
    }
  }
}

function readersOf(reply: Reply, { who }: Action, on: Message | undefined): Name | 'all' {
  if (reply.kind === 'message') return reply.ephemeral ? who : 'all'
  return reply.kind === 'update' && on ? on.seenBy : who
}
