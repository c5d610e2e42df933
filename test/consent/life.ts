import { stopTime } from '../world/stopped-time.ts'
import type { Message } from '../../sandbox/discord/discord.ts'
import { buttonOn, buttonsOf, placeOf } from './chat.ts'
import { joinsAsBefore, looks, presses, quits, roundsUp, submits, types, uses } from './actions.ts'
import { ConsentError } from './judge.ts'
import { links } from './linking.ts'
import { people, servers, type Name, type Place } from './people.ts'
import type { Model } from './model.ts'
import type { Program } from './program.ts'
import type { Step } from './steps.ts'
import { createWorld, type World } from './world.ts'

/** Plays the steps in a world of their own, one after another. Rejects with ConsentError when somebody is wronged. */
export async function live(steps: readonly Step[], program: Program) {
  const time = stopTime(Date.UTC(2026, 5, 1, 12), { intervals: true })
  let world: World | undefined
  try {
    world = await createWorld(program, time)
    for (const step of steps) {
      if (step.kind === 'time passes' || step.kind === 'restart') {
        await world.idles()
        if (step.kind === 'restart') await world.restarts()
        else await time.pass(step.minutes * 60_000)
      } else await take(world, step)
      await world.settles()
    }
    await world.ends()
    return { ...world.verdicts, indexesRead: world.indexesRead() }
  } finally {
    world?.close()
    time.goOn()
  }
}

async function take(world: World, step: Exclude<Step, { readonly kind: 'time passes' | 'restart' }>): Promise<void> {
  const { model, spotify } = world
  let came: Message[]
  if ('place' in step && step.kind !== 'comes back' && model.hasLeft(step.who, step.place)) return
  switch (step.kind) {
    case 'links':
      return links(world, step.who, step.slow)
    case 'looks':
      return looks(world, step)
    case 'types':
      return types(world, step.who, step.place)
    case 'shares':
      came = await uses(world, step.who, step.place, 'account sharing')
      if (step.choice === 'Share with nobody' && model.shares(step.who, step.place))
        expectWay(came, step.who, /^Share with nobody$/)
      return pressLatest(world, step, new RegExp(`^${step.choice}$`))
    case 'unlinks':
      came = await uses(world, step.who, step.place, 'unlink')
      if (sharesHere(model, step.who)) expectWay(came, step.who, /^Unlink$/)
      return pressLatest(world, step, /^Unlink$/)
    case 'asks':
      looks(world, { ...step, kind: 'looks', hidden: null, slow: false })
      await world.settles()
      return pressLatest(world, step, /^Ask @/)
    case 'answers':
      return pressLatest(world, step, new RegExp(`^${step.choice}$`))
    case 'presses': {
      const seen = world.seenBy(step.who).filter((message) => buttonsOf(message).length > 0)
      const on = seen[step.message % seen.length]
      const buttons = on ? buttonsOf(on) : []
      const button = buttons[step.button % buttons.length]
      return on && button && presses(world, step.who, on, button, step.slow)
    }
    case 'submits': {
      const dialog = world.dialogOf(step.who)
      const isThere = dialog && !model.hasLeft(step.who, placeOf(dialog.on))
      return isThere ? submits(world, step.who, dialog, step.page, step.slow) : undefined
    }
    case 'joins':
      await uses(world, step.who, step.place, 'roundup join')
      return pressLatest(world, step, /^Join roundups$/)
    case 'joins as before':
      return joinsAsBefore(world, step.who, step.place)
    case 'agrees to everything':
      await uses(world, step.who, step.place, 'roundup join')
      return pressLatest(world, step, /^Show everything$/)
    case 'quits':
      return quits(world, step.who, step.place)
    case 'joins and quits':
      await uses(world, step.who, step.place, 'roundup join')
      pressLatest(world, step, /^Join roundups$/)
      world.adopts(step.who, step.place)
      return quits(world, step.who, step.place)
    case 'rounds up':
      return roundsUp(world, step.who, step.place)
    case 'sees all':
      return pressLatest(world, step, /^See all /)
    case 'leaves':
    case 'comes back':
      return moves(world, step.kind, step.who, step.place)
    case 'ends elsewhere':
      came = await uses(world, step.who, step.place, 'account status')
      if (sharesHere(model, step.who)) expectWay(came, step.who, /^Stop sharing in…$/)
      pressLatest(world, step, /^Stop sharing in…$/)
      await world.settles()
      return pressLatest(world, step, /^Leave the roundups of…$/)
    case 'ends on Spotify':
      return spotify.ends(step.who)
    case 'spotify fails':
      return spotify.fails(step.really)
    case 'an answer arrives':
      return void spotify.letThrough()
  }
}

async function moves({ model, discord, adopts }: World, kind: 'leaves' | 'comes back', who: Name, place: Place) {
  const server = servers[place]
  if (server === null) return
  if (kind === 'leaves') {
    discord.leave(people[who].id, server)
    return model.leave(who, place)
  }
  discord.comeBack(people[who].id, server)
  adopts(who, place)
  model.comeBack(who, place)
}

/** The person presses what the label says on the latest message of theirs, or to them, that has it. */
function pressLatest(world: World, { who, slow = false }: { who: Name; slow?: boolean }, label: RegExp): void {
  const mine = world.seenBy(who).find((message) => buttonOn(message, label))
  const button = buttonOn(mine, label)
  if (mine && button) presses(world, who, mine, button, slow)
}

/** Where they have left, it may have ended. */
function sharesHere(model: Model, who: Name): boolean {
  return model.places(who).some((place) => !model.hasLeft(who, place))
}

/** A person who shares can take it back at any time. */
function expectWay(came: readonly Message[], who: Name, label: RegExp): void {
  if (came.some((message) => buttonOn(message, label))) return
  throw new ConsentError(`${who} is not offered a way to take back what is shared`)
}
