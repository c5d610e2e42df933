import type { Message, OptionValues } from '../../sandbox/discord/discord.ts'
import { errorMessage } from '../../src/error-messages.ts'
import { accountsIn, commonWord, ownerOf } from './songs.ts'
import { placeOf, type Button } from './chat.ts'
import { ConsentError, mayLook, type Action } from './judge.ts'
import { channels, names, people, placeNamed, servers, type Name, type Place } from './people.ts'
import type { Step } from './steps.ts'
import type { Dialog, World } from './world.ts'

type Looks = Extract<Step, { readonly kind: 'looks' }>

const typed: Readonly<Record<string, OptionValues>> = { search: { query: commonWord }, when: { date: '2026-05' } }

export function looks(world: World, { who, at, how, place, hidden, slow }: Looks): void {
  const action = actionOf(world, { who, owner: at, place, slow, act: 'looks' })
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
  const [owner, place] = [isRoundup ? who : world.ownerOf(on), placeOf(on)]
  const act = isRoundup ? 'rounds up' : actOf(label, who === owner)
  const action = actionOf(world, { who, owner, place, slow, act, isPress: true }, [customId, ...values])
  // Sharing ends with it, and nothing else.
  const meant = customId.includes(':undo-here:') ? 'Stop sharing in…' : label
  if (who === owner) means(world, who, values.length > 0 ? placeNamed(values[0]) : place, meant)
  world.begins(action, ({ press }) => press(people[who].id, on.id, customId, values), on)
}

/** Submits the modal that came of a press. */
export function submits(world: World, who: Name, { on, id }: Dialog, page: number, slow: boolean): void {
  const isRoundup = JSON.stringify(on.components).includes('"roundup:')
  const action = actionOf(world, {
    who,
    owner: isRoundup ? who : world.ownerOf(on),
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

function actionOf(
  world: World,
  given: Pick<Action, 'who' | 'owner' | 'place' | 'slow' | 'act'> & { readonly isPress?: boolean },
  chosen: string[] = [],
): Action {
  const { model, spotify } = world
  const { owner, place, isPress = false } = given
  // A press goes by what Discord has said within an hour, which is longer than a life here.
  const absent = new Set(isPress ? [] : names.filter((name) => model.hasLeft(name, place)))
  const action = { ...given, absent, opened: model.opened() }
  const state = (): string =>
    [spotify.failures, model.changes(owner), model.linked(owner), spotify.isLive(owner)].join()
  const before = state()
  const isHere = (): boolean => !model.hasLeft(owner, place)
  const well = (): boolean => isHere() && model.linked(owner) && spotify.isLive(owner) && state() === before
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
