import { icon, isLost, make, part } from './dom.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {(target: string, anchor: HTMLElement) => void} OpenMenu
 */

/** Discord's types of commands in menus. */
const types = { person: 2, message: 3 }
const nothing = {
  person: 'No app has a command for people yet.',
  message: 'No app has a command for messages yet.',
}
const margin = 8

const menu = part('apps-menu')

/** @type {HTMLElement | undefined} */
let anchor

/** Lets the keyboard move in the menu on a person or a message: arrows, Home and End; Escape and a click elsewhere close it. */
export function startAppsMenu() {
  addEventListener('resize', place)
  // What opened it may have been drawn anew since.
  menu.addEventListener('toggle', () => {
    if (menu.matches(':popover-open') || !isLost(menu)) return
    const again = document.querySelector(`:is(.side, .messages) [data-id="${anchor?.dataset['id']}"]`) ?? part('scroll')
    if (again instanceof HTMLElement) again.focus({ preventScroll: true })
  })
  menu.addEventListener('keydown', (event) => {
    const items = [...menu.querySelectorAll('button')]
    const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement))
    const last = items.length - 1
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last }[event.key]
    if (event.key === 'Tab') menu.hidePopover()
    if (to === undefined) return
    event.preventDefault()
    items.at(to > last ? 0 : to)?.focus()
  })
}

/**
 * Opens the menu on a person or a message beside what was pressed: the commands for those that the bot has registered.
 * @param {ChatState} state
 * @param {keyof typeof types} kind
 * @param {string} name of what it is on
 * @param {HTMLElement} beside
 * @param {(command: string) => void} use
 */
export function openAppsMenu(state, kind, name, beside, use) {
  const commands = state.commands.filter(({ type }) => type === types[kind]).map((command) => String(command['name']))
  menu.setAttribute('aria-label', `Apps for ${name}`)
  menu.replaceChildren(
    make('p', { 'aria-hidden': 'true' }, kind === 'person' ? name : 'Apps'),
    ...commands.map((command) => {
      const choose = () => {
        menu.hidePopover()
        use(command)
      }
      return make('button', { type: 'button', role: 'menuitem', click: choose }, command)
    }),
    ...(commands.length === 0 ? [make('p', {}, nothing[kind])] : []),
  )
  anchor = beside
  menu.showPopover()
  place()
  menu.querySelector('button')?.focus()
}

/**
 * What opens the menu on a person.
 * @param {string} person
 * @param {string} name
 * @param {OpenMenu} open
 * @param {string} look its class
 * @param {...any} children
 */
export function personMenuButton(person, name, open, look, ...children) {
  const click = (/** @type {Event} */ event) => open(person, /** @type {HTMLElement} */ (event.currentTarget))
  const properties = { type: 'button', class: look, 'aria-haspopup': 'menu', 'aria-label': `Apps for ${name}`, click }
  return make('button', properties, ...children)
}

/**
 * What opens the menu on a message; a right click or a long press on the message does so too.
 * @param {HTMLElement} article
 * @param {string} message
 * @param {OpenMenu} open
 */
export function messageMenuButton(article, message, open) {
  const click = () => open(message, button)
  const properties = {
    type: 'button',
    class: 'message-apps',
    'aria-haspopup': 'menu',
    'data-id': `more-${message}`,
    click,
  }
  const button = make('button', { ...properties, 'aria-label': 'Apps for this message' }, icon('more'))
  article.addEventListener('contextmenu', (event) => {
    const own = /** @type {Element} */ (event.target).closest('a, input, select')
    if (own || String(getSelection())) return
    event.preventDefault()
    click()
  })
  return button
}

function place() {
  if (!anchor || !menu.matches(':popover-open')) return
  const at = anchor.getBoundingClientRect()
  const { width, height } = menu.getBoundingClientRect()
  const below = at.bottom + margin / 2
  const top = below + height + margin > innerHeight ? at.top - height - margin / 2 : below
  menu.style.setProperty('left', `${Math.max(Math.min(at.left, innerWidth - width - margin), margin)}px`)
  menu.style.setProperty('top', `${Math.max(top, margin)}px`)
}
