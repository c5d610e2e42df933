import { avatar, icon, make, part } from './dom.js'
import { personMenuButton } from './apps-menu.js'
import { nameOf, unreadPlaces } from './unread.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {import('../state.ts').Place} Place
 */

const welcome = 'Everybody here is made up, and so are their songs. Choose who you are, and make yourself at home.'
const alone = 'Nobody else sees what is written here.'

let shown = ''

/**
 * The people whom the reader can be, the channels, and the conversation with the bot.
 * @param {ChatState} state
 * @param {(person: string) => void} become
 * @param {(channel: string) => void} enter
 * @param {import('./apps-menu.js').OpenMenu} openMenu
 */
export function showPlaces(state, become, enter, openMenu) {
  const directs = state.direct ? [state.direct] : []
  const places = [...state.channels, ...directs]
  const unread = unreadPlaces(state, places)
  const key = JSON.stringify([state.people, places.length, unread, state.person, state.channel, state.guild])
  if (key === shown) return
  shown = key
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['id'] : undefined
  part('guild').textContent = state.guild.name
  part('people').replaceChildren(
    ...state.people.map((person) => {
      const button = personButton(person, person.id === state.person, become)
      button.addEventListener('contextmenu', (event) => {
        event.preventDefault()
        openMenu(person.id, button)
      })
      const more = personMenuButton(person.id, person.displayName, openMenu, 'more', icon('more'))
      more.dataset['id'] = `more-${person.id}`
      const about = person.manager ? `${person.about}. Manages this server` : person.about
      return make(
        'div',
        { class: 'someone' },
        button,
        make('span', { id: aboutId(person), class: 'about' }, about),
        more,
      )
    }),
  )
  const buttonOf = (/** @type {Place} */ place) =>
    placeButton(place, place.id === state.channel, unread.includes(place.id), enter)
  part('channels').replaceChildren(...state.channels.map(buttonOf))
  part('directs').replaceChildren(...directs.map(buttonOf))
  part('direct-messages').hidden = directs.length === 0
  const here = places.find(({ id }) => id === state.channel) ?? { name: '' }
  part('channel').textContent = nameOf(here).replace(/^./, '$& ')
  const isDirect = here === state.direct
  part('welcome').textContent = isDirect ? `Your direct messages with ${here.name}` : `Welcome to ${nameOf(here)}`
  part('welcome-words').textContent = isDirect ? alone : welcome
  const again = focused && document.querySelector(`.side [data-id="${focused}"]`)
  if (again instanceof HTMLElement) again.focus({ preventScroll: true })
  for (const current of document.querySelectorAll('.side [aria-pressed="true"]'))
    current.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

/**
 * @param {Place} place
 * @param {boolean} current
 * @param {boolean} hasNews
 * @param {(channel: string) => void} enter
 */
function placeButton({ id, name, direct }, current, hasNews, enter) {
  return make(
    'button',
    { type: 'button', class: 'place', 'data-id': id, 'aria-pressed': String(current), click: () => enter(id) },
    make('span', { class: 'hash', 'aria-hidden': 'true' }, direct === undefined ? '#' : '@'),
    name,
    hasNews && make('span', { class: 'unread' }, make('span', { class: 'unseen' }, ' (new)')),
  )
}

/**
 * @param {ChatState['people'][number]} person
 * @param {boolean} current
 * @param {(person: string) => void} become
 */
function personButton(person, current, become) {
  return make(
    'button',
    {
      type: 'button',
      class: 'person',
      'data-id': person.id,
      'aria-describedby': aboutId(person),
      'aria-pressed': String(current),
      click: () => become(person.id),
    },
    avatar(person.displayName, person.color),
    make('b', {}, person.displayName),
  )
}

/** @param {ChatState['people'][number]} person */
function aboutId({ id }) {
  return `about-${id}`
}
