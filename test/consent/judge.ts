import type { Reply } from '../../src/command.ts'
import { NotSharedError } from '../../src/errors.ts'
import { ConsentEndedError, NotLinkedError } from '../../src/accounts/errors.ts'
import type { Pair } from './pairs.ts'
import type { Cause } from './spotify.ts'
import { people, type Name, type Place } from './people.ts'
import { accountsIn, isBeyondThree, ownerOf, songsIn } from './songs.ts'
import type { Model } from './model.ts'
import { sentenceOf } from '../world/english.ts'

/** Something that somebody does and that is answered, now or later. */
export interface Action extends Cause {
  readonly who: Name
  /** Whose songs it is about. */
  readonly owner: Name
  readonly place: Place
  /** Set where it is about what the owner and somebody else have in common. */
  readonly pair?: Pair | undefined
  readonly act: 'looks' | 'jumps' | 'makes a playlist' | 'answers here' | 'rounds up' | 'does something else'
  /** Who was not in the server when it began, as it tells; a press tells nothing of the kind. */
  readonly absent: ReadonlySet<Name>
  /** The accounts that could be shown when it began. */
  readonly opened: ReadonlySet<string>
  /** Whether everything may be expected of Spotify while it lasts. */
  readonly well: () => boolean
  /** Whether the person could look when it began. */
  readonly admitted: boolean
  /** What the person knew already: the song that was chosen from a message. */
  readonly chosen: readonly string[]
}

export type Outcome = { readonly reply: Reply; readonly seenBy: Name | 'all' } | { readonly error: unknown }

export type Verdict = 'shown' | 'refused' | 'something else'

/** What must not happen. The message says what did. */
export class ConsentError extends Error {
  override readonly name = 'ConsentError'
  /** Songs that somebody saw without consent. */
  readonly songs: number

  constructor(message: string, { songs = 0, cause }: { readonly songs?: number; readonly cause?: unknown } = {}) {
    super(message, { cause })
    this.songs = songs
  }
}

type Look = Pick<Action, 'who' | 'owner' | 'place' | 'absent' | 'pair'>

export function mayLook(model: Model, look: Look): boolean {
  const { who, place, absent } = look
  return subjects(look).every(
    (one) => who === one || (model.shares(one, place) && !absent.has(one)) || agrees(model, look, one),
  )
}

/** Whose songs it is about. */
export function subjects({ owner, pair }: Pick<Look, 'owner' | 'pair'>): Name[] {
  return pair ? [owner, pair.caller] : [owner]
}

/** Whether they have agreed to this very message, with the account that they still have. */
function agrees(model: Model, { place, pair }: Pick<Look, 'place' | 'pair'>, name: Name): boolean {
  const { caller, agreed } = pair ?? {}
  return name === caller && agreed !== undefined && model.account(name) === agreed && place !== 'group'
}

/** Holds the outcome against who shares where at this moment. Throws ConsentError. */
export function judge(model: Model, action: Action, outcome: Outcome): Verdict {
  const { who, owner, place, act, admitted } = action
  judgeRequests(action)
  if ('reply' in outcome) judgeSongs(model, action, outcome.reply, outcome.seenBy)
  if (act !== 'looks' && act !== 'jumps') return 'something else'

  const isRefused =
    'error' in outcome &&
    (subjects(action).some((one) => one !== who && isRefusal(outcome.error, one, place)) ||
      isUnlinked(action, outcome.error))
  if (admitted && mayLook(model, action)) {
    if (action.well() && isEmpty(action, outcome)) throw new ConsentError(`${who} is not shown what ${owner} shares`)
    return 'reply' in outcome ? 'shown' : 'refused'
  }
  if (!isRefused) throw new ConsentError(`${who} is not refused in the usual words, but told ${told(outcome)}`)
  if (!admitted && action.asked.length > 0) throw new ConsentError(`Spotify is asked before ${who} is refused`)
  return 'refused'
}

/** A person's token serves that person, and others only where they may look. */
function judgeRequests(action: Action): void {
  const { who, act, admitted, asked, pair } = action
  const isAboutAll = act === 'looks' || act === 'makes a playlist'
  for (const name of asked) {
    const served =
      name === who ||
      act === 'rounds up' ||
      (admitted && (name === pair?.caller || (subjects(action).includes(name) && isAboutAll)))
    if (!served) throw new ConsentError(`Spotify is asked about ${name} for ${who}`)
  }
}

/** Holds what somebody sees in a reply, or in the message that came of it, against who shares where at this moment. */
export function judgeSongs(model: Model, action: Action, shown: unknown, seenBy: Name | 'all'): void {
  const { who, place, act, chosen, absent } = action
  for (const account of accountsIn(shown).difference(accountsIn(chosen))) {
    const owner = ownerOf(account)
    const isOwn = owner === who
    if (isOwn && seenBy === who) continue
    const songs = songsIn(shown, account)
    if (act === 'rounds up') {
      if (!model.showsAll(owner, place) && isBeyondThree(shown, account))
        throw new ConsentError(`a roundup shows more songs of ${account} than its owner agreed to`, { songs })
      if (model.takesPart(owner, place, account) && !absent.has(owner)) continue
      throw new ConsentError(`a roundup shows songs of ${account} without consent`, { songs })
    }
    // What somebody has asked for themselves may arrive although Spotify has ended it meanwhile.
    const isUnderWay = isOwn && action.opened.has(account) && model.hasEnded(account)
    if (!model.open(account) && !isUnderWay)
      throw new ConsentError(`songs of ${account} appear after its link is gone`, { songs })
    if (isOwn && act !== 'answers here') continue
    if (model.shares(owner, place) && !absent.has(owner)) continue
    if (agrees(model, action, owner) && account === action.pair?.agreed) continue
    throw new ConsentError(`${seenBy} can see songs of ${account} without consent`, { songs })
  }
}

function isRefusal(error: unknown, owner: Name, place: Place): boolean {
  const { id, displayName } = people[owner]
  // A message of components does not tell the name.
  const asks: readonly unknown[] = place === 'group' ? [undefined] : [displayName, '']
  return (
    error instanceof NotSharedError &&
    error.owner === id &&
    asks.includes(error.ask) &&
    sentenceOf(error) === `<@${id}>'s liked songs are not shared with you here.`
  )
}

/** Who has asked for what they have in common with somebody is told first that they are not linked. */
function isUnlinked({ who, pair, owner }: Action, error: unknown): boolean {
  const isAbout = pair !== undefined && [owner, pair.caller].includes(who)
  return isAbout && (error instanceof NotLinkedError || error instanceof ConsentEndedError)
}

function isEmpty({ act, owner }: Action, outcome: Outcome): boolean {
  if ('error' in outcome) return true
  if (act === 'jumps') return outcome.reply.kind !== 'modal'
  const isUnderWay = outcome.reply.kind !== 'modal' && outcome.reply.continueWith !== undefined
  return !isUnderWay && ![...accountsIn(outcome.reply)].some((account) => ownerOf(account) === owner)
}

function told(outcome: Outcome): string {
  return 'error' in outcome ? String(outcome.error) : JSON.stringify(outcome.reply).slice(0, 300)
}
