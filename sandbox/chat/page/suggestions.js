import { make, part } from './dom.js'

/**
 * @typedef {{ name: string, detail: string, choose: () => void }} Suggestion
 */

/** @type {Suggestion[]} */
let offered = []
let active = -1
/** @type {HTMLElement | undefined} */
let owner

/**
 * Offers something to choose for an input: click, or arrows and Enter.
 * @param {HTMLElement} input
 * @param {Suggestion[]} suggestions
 * @param {number} first which one is selected at the start, -1 for none
 * @param {string} [empty] said when there is nothing to offer
 */
export function suggest(input, suggestions, first, empty) {
  withdraw()
  if (suggestions.length === 0 && !empty) return
  owner = input
  offered = suggestions
  const list = part('completions')
  list.replaceChildren(...suggestions.map(show), ...(empty && suggestions.length === 0 ? [nothing(empty)] : []))
  list.hidden = false
  list.scrollTop = 0
  input.setAttribute('aria-expanded', 'true')
  select(Math.min(first, suggestions.length - 1))
}

/** Takes the offer back. */
export function withdraw() {
  offered = []
  active = -1
  part('completions').hidden = true
  owner?.setAttribute('aria-expanded', 'false')
  owner?.removeAttribute('aria-activedescendant')
  owner = undefined
}

/** The selected suggestion, if any. */
export function selected() {
  return offered[active]
}

/**
 * Moves the selection up or down, around the ends. False when there is nothing to move in.
 * @param {number} by
 */
export function moveSelection(by) {
  if (offered.length === 0) return false
  select(active < 0 ? (by > 0 ? 0 : offered.length - 1) : (active + by + offered.length) % offered.length)
  return true
}

/**
 * @param {Suggestion} suggestion
 * @param {number} at
 */
function show({ name, detail, choose }, at) {
  const properties = {
    role: 'option',
    id: `suggestion-${at}`,
    'aria-selected': 'false',
    // The input keeps the keyboard while the mouse chooses.
    mousedown: (/** @type {Event} */ event) => event.preventDefault(),
    click: choose,
  }
  return make('div', properties, make('b', {}, name), make('span', {}, detail))
}

/** @param {string} sentence */
function nothing(sentence) {
  return make('div', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, make('span', {}, sentence))
}

/** @param {number} at */
function select(at) {
  active = at
  for (const [index, element] of [...part('completions').querySelectorAll('[role=option]')].entries()) {
    element.setAttribute('aria-selected', String(index === at))
    if (index === at) element.scrollIntoView({ block: 'nearest' })
  }
  if (at >= 0) owner?.setAttribute('aria-activedescendant', `suggestion-${at}`)
}
