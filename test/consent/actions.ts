import type { Reply } from '../../src/command.ts'
import { accountsIn, commonWord, ownerOf } from './songs.ts'
import { buttonsOf, callOf, pressOf, type Button, type Message, type Typed } from './chat.ts'
import { ConsentError, mayLook, type Action } from './judge.ts'
import type { Name, Place } from './people.ts'
import type { Step } from './steps.ts'
import type { World } from './world.ts'

type Looks = Extract<Step, { readonly kind: 'looks' }>

const typed: Readonly<Record<string, string>> = { query: commonWord, date: '2026-05' }

export function looks(world: World, { who, at, how, place, hidden, slow }: Looks): void {
  const action = actionOf(world, { who, owner: at, place, slow, act: 'looks' })
  const call = callOf(who, place, {
    sub: how,
    strings: typed,
    hidden,
    ...((how === 'menu' || at !== who) && { member: at }),
  })
  world.begins(action, async () => {
    const command = world.commands.get('liked')
    const answer =
      how === 'menu'
        ? command?.contextMenus?.['Liked songs']?.execute(call, world.app)
        : command?.find(how)?.execute(call, world.app)
    return answer ?? missing('liked')
  })
}

/** Uses a command about oneself; the messages that have come by then. */
export async function uses(
  world: World,
  who: Name,
  place: Place,
  name: string,
  options: Typed = {},
): Promise<Message[]> {
  const action = actionOf(world, { who, owner: who, place, slow: false, act: 'does something else' })
  const call = callOf(who, place, options)
  const before = world.messages.length
  world.begins(
    action,
    async () =>
      world.commands
        .get(name)
        ?.find(options.sub ?? null)
        ?.execute(call, world.app) ?? missing(name),
  )
  await world.settles()
  return world.messages.slice(0, world.messages.length - before)
}

/** Presses something on a message, or submits the modal that came of it. What it means to people is read off its label. */
export function presses(world: World, who: Name, on: Message, button: Button, slow: boolean, page?: number): void {
  const { owner, place } = on
  const { label, customId, values } = button
  const act = actOf(label, who === owner)
  const action = actionOf(world, { who, owner, place, slow, act }, [customId, ...values])
  if (who === owner) means(world, who, place, label)
  world.begins(
    action,
    async () => {
      const name = customId.split(':', 1)[0] ?? ''
      return world.commands.get(name)?.component?.(pressOf(who, on, button, page), world.app) ?? missing(name)
    },
    on,
  )
}

/** Types into the field of a search: what is offered comes from one's own songs. */
export function types(world: World, who: Name, place: Place): void {
  const { app, commands, spotify } = world
  const call = callOf(who, place, { sub: 'search', strings: typed })
  const work = async (): Promise<void> => {
    const offered = await commands
      .get('liked')
      ?.find('search')
      ?.autocomplete?.(call, app)
      .catch(() => [])
    const others = [...accountsIn(offered)].filter((account) => ownerOf(account) !== who)
    if (others.length > 0) throw new ConsentError(`${who} is offered songs of ${others.join()}`)
  }
  world.waitsFor(spotify.during({ slow: false, asked: [] }, work))
}

export function buttonOn(message: Message | undefined, label: RegExp): Button | undefined {
  return message && buttonsOf(message).find((button) => label.test(button.label))
}

function actionOf(
  world: World,
  action: Pick<Action, 'who' | 'owner' | 'place' | 'slow' | 'act'>,
  chosen: string[] = [],
): Action {
  const { model, spotify } = world
  const { who, owner, place } = action
  const state = (): string =>
    [spotify.failures, model.changes(owner), model.linked(owner), spotify.isLive(owner)].join()
  const before = state()
  const well = (): boolean => model.linked(owner) && spotify.isLive(owner) && state() === before
  return { ...action, asked: [], chosen, admitted: mayLook(model, who, owner, place), well }
}

function actOf(label: string, isOwn: boolean): Action['act'] {
  if (/^(?:First|Previous|Next|Last|Refresh|Browse privately|Another|Go)$/.test(label)) return 'looks'
  if (/^\d+ \/ \d+$/.test(label)) return 'jumps'
  return label === 'Allow in this server' && isOwn ? 'answers here' : 'does something else'
}

/** What the owner of the songs decides with it. Nobody can share without a link; everybody can stop. */
function means({ model }: World, owner: Name, place: Place, label: string): void {
  if (label === 'Nobody') model.hide(owner, place)
  if (label === 'Unlink') model.unlink(owner)
  if (/^(?:This server|Allow in this server)$/.test(label) && model.linked(owner)) model.share(owner, place)
}

function missing(name: string): Promise<Reply> {
  return Promise.reject(new Error(`There is no way to do this with /${name}`))
}
