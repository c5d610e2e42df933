import { fetchState, send } from './backend.js'
import { closeCommand } from './command-form.js'
import { nameComposer, startComposer } from './composer.js'
import { icon, part } from './dom.js'
import { startDrawer } from './drawer.js'
import { refreshTimes } from './formatted.js'
import { interactionsOf, tell } from './interactions.js'
import { followNewest, goToNewest, showMessages } from './messages.js'
import { buildPanel, showPanel } from './panel.js'
import { showPlaces } from './people.js'
import { openPersonMenu, startPersonMenu } from './person-menu.js'
import { itIs } from './times.js'

/** @typedef {import('../state.ts').ChatState} ChatState */

/** @type {ChatState} */
let state
/** @type {string | undefined} */
let person = /(?:^|; )sandbox_person=(\d+)/.exec(document.cookie)?.[1]
/** @type {string | undefined} */
let channel
/** @type {Promise<void> | undefined} */
let running
let again = false

// What was chosen counts at once, also while the state that belongs to it is still on its way.
const seat = { person: () => person ?? state.person, channel: () => channel ?? state.channel, refresh, show }
const acts = interactionsOf(seat)

part('send').append(icon('send'))
startDrawer()
startPersonMenu()
buildPanel({ like, expire, friday, archive, move: comeOrGo, trouble: (kind) => void acts.act('trouble', { kind }) })
await refresh()
startComposer({
  state: () => state,
  use: (command, values) => void acts.use(command, values),
  say: (text) => void acts.say(text),
  complete: (command, options, focused) =>
    send('complete', { person: seat.person(), channel: seat.channel(), command, options, focused }).catch(() => []),
  tell,
})
followNewest()
goToNewest()
listen()
setInterval(refreshTimes, 20_000)
// Tabs share the cookie, so the tab in use says who it is.
addEventListener('focus', claimBrowser)
addEventListener('pointerdown', claimBrowser)

/** Asks for everything again; while an answer is on its way, once more after it. */
function refresh() {
  if (running) again = true
  running ??= ask().finally(() => {
    running = undefined
  })
  return running
}

async function ask() {
  do {
    again = false
    const wanted = [person, channel]
    const answer = await fetchState(person, channel).catch(() => startOver())
    if (!answer) return
    if (wanted[0] !== person || wanted[1] !== channel) again = true
    else take(answer)
  } while (again)
}

/** A cookie of an earlier sandbox may name somebody who is not here. */
function startOver() {
  person = channel = undefined
  return fetchState(undefined, undefined).catch(() => undefined)
}

/** @param {ChatState} answer */
function take(answer) {
  const first = person === undefined
  itIs(answer.now)
  state = answer
  person = answer.person
  channel = answer.channel
  if (first) claimBrowser()
  show()
}

function show() {
  const name = state.channels.find(({ id }) => id === state.channel)?.name ?? ''
  nameComposer(name)
  showPlaces(state, become, enter, openMenu)
  showMessages(state, {
    press: (...press) => void acts.press(...press),
    dismiss: (message) => void acts.dismiss(message),
    openMenu,
  })
  showPanel(state)
}

/** @type {import('./person-menu.js').OpenMenu} */
function openMenu(target, anchor) {
  openPersonMenu(state, target, anchor, (command) => void acts.use(command, { target }))
}

/** @param {string} id */
function become(id) {
  person = id
  move()
}

/** @param {string} id */
function enter(id) {
  channel = id
  move()
}

function move() {
  closeCommand()
  tell('')
  claimBrowser()
  void refresh().then(goToNewest)
}

/** The sandbox's login pages, on other ports of this computer, read from this who sits here. */
function claimBrowser() {
  if (person) document.cookie = `sandbox_person=${person}; path=/; SameSite=Lax`
}

function listen() {
  const events = new EventSource('/api/events')
  events.addEventListener('message', () => void refresh())
  events.addEventListener('open', () => {
    part('gone').hidden = true
    void refresh()
  })
  events.addEventListener('error', () => (part('gone').hidden = false))
}

function comeOrGo() {
  const hasLeft = state.people.find(({ id }) => id === seat.person())?.hasLeft
  void acts.act(hasLeft ? 'come-back' : 'leave', { person: seat.person() })
}

async function like() {
  const saved = await acts.act('like', { person: seat.person() })
  if (!saved?.song) return ''
  // Isolated, so that a title in Arabic leaves the sentence around it in order.
  const [title, artists] = [saved.song.title, saved.song.artists.join(', ')].map((text) => `\u2068${text}\u2069`)
  return `Liked “${title}” by ${artists}.`
}

async function expire() {
  const done = await acts.act('expire', {})
  return done ? 'Access tokens so far no longer work.' : ''
}

async function archive() {
  const done = await acts.act('archive', {})
  return done ? 'Nothing in it can be changed now, until it is opened: leave the roundups, and see.' : ''
}

async function friday() {
  const done = await acts.act('friday', {})
  if (!done) return ''
  refreshTimes()
  return 'It is Friday, six o’clock. The roundup comes to its channel in a few seconds.'
}
