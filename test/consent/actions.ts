import type { Message, OptionValues } from '../../sandbox/discord/discord.ts'
import { errorMessage } from '../../src/error-messages.ts'
import { accountsIn, commonWord, ownerOf } from './songs.ts'
import { placeOf, type Button } from './chat.ts'
import { ConsentError, mayLook, subjects, type Action } from './judge.ts'
import { playlistOn, subjectsOf, subjectsOn, type Pair } from './pairs.ts'
import { channels, names, people, placeNamed, servers, type Name, type Place } from './people.ts'
import type { Step } from './steps.ts'
import type { Dialog, World } from './world.ts'

type Looks = Extract<Step, { readonly kind: 'looks' }>

const typed: Readonly<Record<string, OptionValues>> = { search: { query: commonWord }, when: { date: '2026-05' } }

export function looks(world: World, { who, at, how, place, hidden, slow }: Looks): void {
  // There is nothing that somebody has in common with themselves.
  if (how === 'common' && at === who) return
  const pair = how === 'common' ? { caller: who, agreed: world.model.account(who) } : undefined
  const action = actionOf(world, { who, owner: at, place, slow, pair, act: 'looks' })
  const member = people[at].id
  const options = { ...typed[how], ...(at !== who && { member }), ...(hidden !== null && { private: hidden }) }
  const { id } = people[who]
  const channel = channels[place].id
  world.begins(action, ({ use }) =>
    how === 'menu' ? use(id, channel, 'Liked songs', { target: member }) : use(id, channel, `liked ${how}`, options),
  )
}

/** Uses a command about oneself; the messages that have come by then. */
export async function uses(world: World, who: Name, place: Place, command: string): Promise<Message[]> {
  const action = actionOf(world, { who, owner: who, place, slow: false, act: 'does something else' })
  const before = new Set(world.seenBy(who).map(({ id }) => id))
  world.begins(action, ({ use }) => use(people[who].id, channels[place].id, command))
  await world.settles()
  return world.seenBy(who).filter(({ id }) => !before.has(id))
}

/** What the server has been saving, for everybody to see. */
export function roundsUp(world: World, who: Name, place: Place): void {
  const action = actionOf(world, { who, owner: who, place, slow: false, act: 'rounds up' })
  world.begins(action, ({ use }) => use(people[who].id, channels[place].id, 'roundup now', { days: 31 }))
}

/** Takes part as people did who pressed Join with 0.1.0. */
export async function joinsAsBefore({ app, model }: World, who: Name, place: Place): Promise<void> {
  const server = servers[place]
  if (server === null || !model.linked(who)) return
  try {
    await app.roundups.join(people[who].id, server, false)
  } catch (error) {
    if (errorMessage(error)) return
    throw error
  }
  model.join(who, place, false)
}

/** Takes no part any more. */
export function quits(world: World, who: Name, place: Place): void {
  const action = actionOf(world, { who, owner: who, place, slow: false, act: 'does something else' })
  world.model.quit(who, place)
  world.begins(action, ({ use }) => use(people[who].id, channels[place].id, 'roundup leave'))
}

/** Presses something on a message. What it means to people is read off its label. */
export function presses(world: World, who: Name, on: Message, button: Button, slow: boolean): void {
  const { label, customId, values } = button
  // A roundup is everybody's, and what is pressed there is about oneself.
  const isRoundup = customId.startsWith('roundup:')
  const place = placeOf(on)
  const { owner, pair } = isRoundup ? { owner: who, pair: undefined } : about(world, who, on, button)
  const act = isRoundup ? 'rounds up' : playlistOn(customId, on, who) ? 'makes a playlist' : actOf(label, who === owner)
  const action = actionOf(world, { who, owner, place, slow, pair, act, isPress: true }, [customId, ...values])
  // Sharing ends with an undo, and nothing else. The button under a roundup asks first.
  const isQuestion = customId.startsWith('roundup:1:invite:')
  const meant = customId.includes(':undo-here:') ? 'Stop sharing in…' : isQuestion ? '' : label
  if (who === owner) means(world, who, values.length > 0 ? placeNamed(values[0]) : place, meant)
  world.begins(action, ({ press }) => press(people[who].id, on.id, customId, values), on)
}

/** Submits the modal that came of a press. */
export function submits(world: World, who: Name, { on, id }: Dialog, page: number, slow: boolean): void {
  const isRoundup = JSON.stringify(on.components).includes('"roundup:')
  const found = isRoundup ? { owner: who, pair: undefined } : about(world, who, on)
  const action = actionOf(world, {
    ...found,
    who,
    place: placeOf(on),
    slow,
    act: isRoundup ? 'rounds up' : 'looks',
    isPress: true,
  })
  world.closes(who)
  world.begins(action, ({ submit }) => submit(people[who].id, id, { page: String(page) }), on)
}

/** Types into the field of a search: what is offered comes from one's own songs. */
export function types(world: World, who: Name, place: Place): void {
  const { discord, spotify } = world
  const work = async (): Promise<void> => {
    const { complete } = discord
    const offered = await complete(people[who].id, channels[place].id, 'liked search', { query: commonWord }, 'query')
    const others = [...accountsIn(offered)].filter((account) => ownerOf(account) !== who)
    if (others.length > 0) throw new ConsentError(`${who} is offered songs of ${others.join()}`)
  }
  world.waitsFor(spotify.during({ slow: false, asked: [] }, work))
}

/** Whose songs a press is about. A copy is another message, to which nobody has agreed but the one who has it. */
function about(world: World, who: Name, on: Message, button?: Button): { owner: Name; pair: Pair | undefined } {
  const found =
    (button && (playlistOn(button.customId, on, who) ?? subjectsOf(button.customId, who))) ?? subjectsOn(on, who)
  const { owner = world.ownerOf(on), caller } = found ?? {}
  if (!caller) return { owner, pair: undefined }
  if (caller === who) return { owner, pair: { caller, agreed: world.model.account(who) } }
  const isCopy = button?.label === 'Browse privately'
  if (owner === who && isCopy) return { owner: caller, pair: { caller: who, agreed: world.model.account(who) } }
  return { owner, pair: { caller, agreed: owner === who && !isCopy ? world.agreedOn(on, caller) : undefined } }
}

function actionOf(
  world: World,
  given: Pick<Action, 'who' | 'owner' | 'place' | 'slow' | 'pair' | 'act'> & { readonly isPress?: boolean },
  chosen: string[] = [],
): Action {
  const { model, spotify } = world
  const { place, isPress = false } = given
  const whose = subjects(given)
  // A press goes by what Discord has said within an hour, which is longer than a life here.
  const absent = new Set(isPress ? [] : names.filter((name) => model.hasLeft(name, place)))
  const action = { ...given, absent, opened: model.opened() }
  const state = (): string =>
    [spotify.failures, ...whose.flatMap((one) => [model.changes(one), model.linked(one), spotify.isLive(one)])].join()
  const before = state()
  const isWell = (one: Name): boolean => !model.hasLeft(one, place) && model.linked(one) && spotify.isLive(one)
  const well = (): boolean => whose.every(isWell) && state() === before
  return { ...action, asked: [], chosen, admitted: mayLook(model, action), well }
}

function actOf(label: string, isOwn: boolean): Action['act'] {
  if (/^(?:First|Previous|Next|Last|Refresh|Browse privately|Another)$/.test(label)) return 'looks'
  if (/^[\d,]+ \/ [\d,]+$/.test(label)) return 'jumps'
  return label === 'Share with everyone here' && isOwn ? 'answers here' : 'does something else'
}

/** What the owner of the songs decides with it. Nobody can share without a link; everybody can stop. */
function means({ model }: World, owner: Name, place: Place, label: string): void {
  if (label === 'Share with nobody' || label === 'Stop sharing in…') model.hide(owner, place)
  if (label === 'Share with nobody' || label === 'Leave roundups' || label === 'Leave the roundups of…')
    model.quit(owner, place)
  if (/^(?:Join roundups|Show everything)$/.test(label) && model.linked(owner)) model.join(owner, place)
  if (label === 'Unlink') model.unlink(owner)
  if (/^(?:Share with (?:this server|everyone here))$/.test(label) && model.linked(owner)) model.share(owner, place)
}
