/**
 * A new element. Text only ever becomes text nodes, so nothing that people write is read as HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | undefined | ((event: any) => void)>} [properties] functions listen
 * @param {...any} children nodes and texts; what is empty is left out
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== undefined && value !== false) element.setAttribute(name, value)
  }
  element.append(...children.filter(Boolean))
  return element
}

/**
 * The element of the page with this id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function part(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`The page has no #${id}.`)
  return element
}

/**
 * A letter on a person's colour.
 * @param {string} name
 * @param {string} color
 */
export function avatar(name, color) {
  const element = make('span', { class: 'avatar', 'aria-hidden': 'true' }, [...name][0]?.toUpperCase() ?? '?')
  element.style.setProperty('--color', color)
  return element
}

/**
 * Whether nothing has the keyboard, or only what is in something that was closed.
 * @param {Element} [closed]
 */
export function isLost(closed) {
  const { activeElement, body } = document
  return !activeElement || activeElement === body || closed?.contains(activeElement) === true
}

/**
 * Makes a change that may take away what has the keyboard; the list of messages has it then.
 * @param {() => void} change
 */
export function keepFocus(change) {
  const wasLost = isLost()
  change()
  if (!wasLost && isLost()) part('scroll').focus({ preventScroll: true })
}

const paths = {
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M4 12h14M12 5l7 7-7 7',
  outside: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
  sliders: 'M4 7h9M19 7h1M4 17h1M11 17h9M13 4v6M5 14v6',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  heart: 'M12 20S4 15 4 9.5A4.2 4.2 0 0 1 12 7a4.2 4.2 0 0 1 8 2.5C20 15 12 20 12 20z',
}

/**
 * A line drawing for a button.
 * @param {keyof typeof paths} name
 */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg'
  const drawing = document.createElementNS(space, 'svg')
  drawing.setAttribute('viewBox', '0 0 24 24')
  drawing.setAttribute('class', 'icon')
  drawing.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS(space, 'path')
  line.setAttribute('d', paths[name])
  drawing.append(line)
  return drawing
}
