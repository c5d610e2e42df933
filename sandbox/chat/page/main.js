import { openAppsMenu, startAppsMenu } from './apps-menu.js'
import { send } from './backend.js'
import { closeCommand } from './command-form.js'
import { nameComposer, startComposer } from './composer.js'
import { icon, part } from './dom.js'
import { startDrawer } from './drawer.js'
import { createFeed } from './feed.js'
import { refreshTimes } from './formatted.js'
import { interactionsOf } from './interactions.js'
import { failures, followNewest, goToNewest, showMessages } from './messages.js'
import { startModals } from './modal.js'
import { tell } from './notice.js'
import { buildPanel, showPanel } from './panel.js'
import { showPlaces } from './people.js'
import { goTo } from './reply-line.js'
import { itIs } from './times.js'
import { nameOf } from './unread.js'

/** @typedef {import('../state.ts').ChatState} ChatState */

const away = 'Hearsay is away. Its buttons and commands fail until it is back; everything else here goes on.'

/** @type {ChatState} */
let state
/** @type {string | undefined} */
let person = /(?:^|; )sandbox_person=(\d+)/.exec(document.cookie)?.[1]
/** @type {string | undefined} */
let channel
/** @type {(command: string) => void} */
let fill = () => undefined

// What was chosen counts at once, also while the state that belongs to it is still on its way.
const { refresh, listen } = createFeed({ wanted: () => [person, channel], take, unknown: startOver })
const seat = { person: () => person ?? state.person, channel: () => channel ?? state.channel, refresh, show }
const acts = interactionsOf(seat)

part('send').append(icon('send'))
startDrawer()
startAppsMenu()
startModals()
buildPanel({
  like,
  restart,
  expire,
  friday,
  nearEnd,
  archive,
  locale: (id, locale) => void acts.act('locale', { id, locale }),
  move: comeOrGo,
  trouble: (kind) => void acts.act('trouble', { kind }),
})
await refresh()
fill = startComposer({
  state: () => state,
  use: acts.use,
  say: acts.say,
  complete: (command, options, focused) =>
    send('complete', { person: seat.person(), channel: seat.channel(), command, options, focused }).catch(() => []),
  tell,
})
for (const hint of document.querySelectorAll('[data-command]')) {
  hint.addEventListener('click', () => fill(hint.getAttribute('data-command') ?? ''))
}
followNewest()
goToNewest()
listen()
void follow()
addEventListener('hashchange', () => void follow())
setInterval(refreshTimes, 20_000)
// Tabs share the cookie, so the tab in use says who it is.
addEventListener('focus', claimBrowser)
addEventListener('pointerdown', claimBrowser)

/** A cookie of an earlier sandbox may name somebody who is not here. */
function startOver() {
  if (channel === undefined) person = undefined
  channel = undefined
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
  const here = [...state.channels, state.direct].find((one) => one?.id === state.channel)
  nameComposer(nameOf(here ?? { name: '' }))
  showPlaces(state, become, (id) => void enter(id), openMenu)
  showMessages(state, {
    press: (...press) => void acts.press(...press),
    dismiss: (message) => void acts.dismiss(message),
    fill: (command) => fill(command),
    openMenu,
    openMessageMenu,
  })
  showPanel(state)
  part('away').textContent = state.online ? '' : away
}

/** @type {import('./apps-menu.js').OpenMenu} */
function openMenu(target, anchor) {
  const name = state.people.find(({ id }) => id === target)?.displayName ?? ''
  openAppsMenu(state, 'person', name, anchor, (command) => void acts.use(command, { target }))
}

/** @type {import('./apps-menu.js').OpenMenu} */
function openMessageMenu(target, anchor) {
  openAppsMenu(state, 'message', 'this message', anchor, (command) => void acts.use(command, { target }))
}

/** @param {string} id */
function become(id) {
  person = id
  // Nobody else is in it.
  if (channel === state.direct?.id) channel = undefined
  void move()
}

/** @param {string} id */
function enter(id) {
  channel = id
  return move()
}

function move() {
  closeCommand()
  tell('')
  failures.clear()
  claimBrowser()
  return refresh().then(goToNewest)
}

/** To the channel and the message that an address of this page names; it may be followed once more then. */
async function follow() {
  const [, where, message] = /^#\/channels\/\d+\/(\d+)(?:\/(\d+))?$/.exec(location.hash) ?? []
  if (!where) return
  history.replaceState(null, '', location.pathname)
  if (where !== seat.channel()) await enter(where)
  if (message) goTo(message)
}

/** The sandbox's login pages, on other ports of this computer, read from this who sits here. */
function claimBrowser() {
  if (person) document.cookie = `sandbox_person=${person}; path=/; SameSite=Lax`
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

async function restart() {
  const done = await acts.act('restart', {})
  return done ? 'Hearsay has ended and starts again. Its old buttons work when it is back.' : ''
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

async function nearEnd() {
  const done = await acts.act('near-end', { person: seat.person() })
  if (!done) return ''
  refreshTimes()
  return 'Time has passed. If you share your songs or joined roundups, Hearsay writes to you in a few seconds.'
}
