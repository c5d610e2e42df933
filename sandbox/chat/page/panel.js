import { icon, make, part } from './dom.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {{ like(): Promise<string>, restart(): Promise<string>, friday(): Promise<string>, nearEnd(): Promise<string>, archive(): Promise<string>, locale(id: string, locale: string): void, move(): void, trouble(kind: string): void, expire(): Promise<string> }} Switches
 */

const answers = [
  ['none', 'Normally', ''],
  ['unauthorized', 'Expired token', '401'],
  ['not-allowed', 'Not let in by Spotify', '403'],
  ['rate-limited', 'Too many requests, 30 s', '429'],
  ['quota', 'Quota used up, 14 hours', '429'],
  ['server-error', 'Server error', '500'],
  ['no-page', 'Success without songs', '200'],
  ['broken-pages', 'Server error for songs 101 to 200', '500'],
  ['short-pages', 'Ten songs where fifty should be', '200'],
  ['slow', 'Slowly, in 5 seconds', ''],
]

const patience =
  'After a 429 Hearsay waits as long as it was told, even after a switch back or a restart. To end the wait, stop the sandbox and start it again.'

/** @type {Record<string, number>} */
let counted = {}
/** @type {ChatState | undefined} */
let latest

const status = make('p', { class: 'online' })
const restarted = make('p', { class: 'muted', role: 'status' })
const restart = make('button', { type: 'button', class: 'button secondary' }, 'Restart Hearsay')
const restarting = make('div', { class: 'stack' }, restart)
const account = make('p', { class: 'muted' })
const said = make('p', { class: 'muted', role: 'status' })
const came = make('p', { class: 'muted', role: 'status' })
const whereabouts = make('p', { class: 'muted' })
const moving = make('button', { type: 'button', class: 'button secondary' })
const own = make('select', { id: 'own-locale' })
const servers = make('select', { id: 'server-locale' })
const week = make('section', {}, make('h3', {}, 'The weekly roundup'))
const ending = make('section', {}, make('h3', {}, 'Your connection'))
const remembered = make('p', { class: 'muted', role: 'status' })
const total = make('span', { class: 'total' })
const list = make('ul', { class: 'counts' })

/**
 * Puts the switches in place.
 * @param {Switches} switches
 */
export function buildPanel(switches) {
  const say = (/** @type {Promise<string>} */ sentence) => void sentence.then((text) => (said.textContent = text))
  const like = make(
    'button',
    { type: 'button', class: 'button primary', click: () => say(switches.like()) },
    icon('heart'),
    'Like a song now',
  )
  const expire = make(
    'button',
    { type: 'button', class: 'button secondary', click: () => say(switches.expire()) },
    'Expire access tokens',
  )
  const friday = make(
    'button',
    {
      type: 'button',
      class: 'button secondary',
      click: () => void switches.friday().then((text) => (came.textContent = text)),
    },
    'It is Friday, six o’clock now',
  )
  const archive = make(
    'button',
    {
      type: 'button',
      class: 'button secondary',
      click: () => void switches.archive().then((text) => (came.textContent = text)),
    },
    'Archive #roundups as a thread',
  )
  const nearEnd = make(
    'button',
    {
      type: 'button',
      class: 'button secondary',
      click: () => void switches.nearEnd().then((text) => (remembered.textContent = text)),
    },
    'Go on to 14, then 2 days before the end',
  )
  ending.append(
    make('p', { class: 'muted' }, 'Spotify ends a connection after six months. Hearsay writes to you before that.'),
    make('div', { class: 'stack' }, nearEnd),
    remembered,
  )
  own.addEventListener('change', () => latest && switches.locale(latest.person, own.value))
  servers.addEventListener('change', () => latest && switches.locale(latest.guild.id, servers.value))
  moving.addEventListener('click', switches.move)
  restart.addEventListener('click', () => void switches.restart().then((text) => (restarted.textContent = text)))
  week.append(
    make('p', { class: 'muted' }, 'Some people have joined from the start, and in #roundups it waits for a Friday.'),
    make('div', { class: 'stack' }, friday, archive),
    came,
  )
  part('panel').append(
    make('h2', { id: 'panel-title' }, 'Sandbox'),
    status,
    restarting,
    restarted,
    make('section', {}, make('h3', {}, 'Your Spotify'), account, make('div', { class: 'stack' }, like, expire), said),
    make('section', {}, make('h3', {}, 'The server'), whereabouts, make('div', { class: 'stack' }, moving)),
    make(
      'section',
      {},
      make('h3', {}, 'Languages'),
      make(
        'div',
        { class: 'choices' },
        make('label', { for: 'own-locale' }, 'Yours'),
        own,
        make('label', { for: 'server-locale' }, 'The server’s'),
        servers,
      ),
    ),
    week,
    ending,
    make(
      'fieldset',
      {},
      make('legend', {}, 'Spotify answers'),
      ...answers.map((answer) => radio(answer, switches)),
      make('p', { class: 'muted' }, patience),
    ),
    make(
      'section',
      {},
      make('h3', {}, 'Spotify requests so far'),
      make(
        'div',
        { class: 'count-head' },
        total,
        make('button', { type: 'button', class: 'button secondary', click: reset }, 'Reset'),
      ),
      list,
    ),
  )
}

/** @param {ChatState} state */
export function showPanel(state) {
  if (latest?.person !== state.person) said.textContent = remembered.textContent = ''
  latest = state
  const person = state.people.find(({ id }) => id === state.person)
  week.hidden = !state.friday
  ending.hidden = !state.friday
  restarting.hidden = !state.restarts
  whereabouts.textContent = `${person?.displayName ?? ''} ${person?.hasLeft ? 'has left it' : 'is a member'}.`
  moving.textContent = person?.hasLeft ? 'Come back' : 'Leave the server'
  choose(own, state.locales, state.locale)
  choose(servers, state.locales, state.guildLocale)
  status.textContent = state.online ? 'Hearsay is online' : 'Hearsay is offline'
  status.dataset['online'] = String(state.online)
  const songs = state.songs === 1 ? '1 liked song' : `${state.songs.toLocaleString()} liked songs`
  account.textContent = `${person?.displayName ?? ''} has ${songs}.`
  for (const input of document.querySelectorAll('input[name="trouble"]')) {
    if (input instanceof HTMLInputElement) input.checked = input.value === state.trouble.kind
  }
  // After a restart of the sandbox it counts from nought again.
  if (Object.entries(counted).some(([path, count]) => (state.requests[path] ?? 0) < count)) counted = {}
  const counts = Object.entries(state.requests)
    .map(([path, count]) => /** @type {const} */ ([path, count - (counted[path] ?? 0)]))
    .filter(([, count]) => count > 0)
  total.textContent = String(counts.reduce((sum, [, count]) => sum + count, 0))
  list.replaceChildren(
    ...counts.map(([path, count]) => make('li', {}, make('code', {}, path), make('span', {}, String(count)))),
  )
}

/**
 * @param {HTMLSelectElement} select
 * @param {readonly string[]} locales
 * @param {string} chosen
 */
function choose(select, locales, chosen) {
  if (select.options.length !== locales.length)
    select.replaceChildren(...locales.map((locale) => make('option', { value: locale }, locale)))
  select.value = chosen
}

function reset() {
  if (!latest) return
  counted = latest.requests
  showPanel(latest)
}

/**
 * @param {string[]} answer
 * @param {Switches} switches
 */
function radio([kind = '', words = '', code = ''], switches) {
  return make(
    'label',
    { class: 'radio' },
    make('input', { type: 'radio', name: 'trouble', value: kind, change: () => switches.trouble(kind) }),
    make('span', {}, words),
    code && make('code', {}, code),
  )
}
