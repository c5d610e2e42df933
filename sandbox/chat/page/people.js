import { avatar, icon, make, part } from './dom.js'
import { personMenuButton } from './person-menu.js'
import { unreadChannels } from './unread.js'

/** @typedef {import('../state.ts').ChatState} ChatState */

let shown = ''

/**
 * The people whom the reader can be, and the channels.
 * @param {ChatState} state
 * @param {(person: string) => void} become
 * @param {(channel: string) => void} enter
 * @param {import('./person-menu.js').OpenMenu} openMenu
 */
export function showPlaces(state, become, enter, openMenu) {
  const unread = unreadChannels(state)
  const key = JSON.stringify([state.people, state.channels.length, unread, state.person, state.channel, state.guild])
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
  part('channels').replaceChildren(
    ...state.channels.map(({ id, name, direct }) =>
      make(
        'button',
        {
          type: 'button',
          class: 'place',
          'data-id': id,
          'aria-pressed': String(id === state.channel),
          click: () => enter(id),
        },
        make('span', { class: 'hash', 'aria-hidden': 'true' }, direct ? '@' : '#'),
        name,
        unread.includes(id) && make('span', { class: 'unread' }, make('span', { class: 'unseen' }, ' (new)')),
      ),
    ),
  )
  const channel = state.channels.find(({ id }) => id === state.channel)
  const name = channel?.name ?? ''
  part('channel').textContent = `${channel?.direct ? '@' : '#'} ${name}`
  part('welcome').textContent = channel?.direct ? `Your conversation with ${name}` : `Welcome to #${name}`
  const again = focused && document.querySelector(`.side [data-id="${focused}"]`)
  if (again instanceof HTMLElement) again.focus({ preventScroll: true })
  document.querySelector('#people [aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
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
