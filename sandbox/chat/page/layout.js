import { make } from './dom.js'
import { showComponent } from './components.js'
import { picture } from './embed.js'
import { formatted } from './formatted.js'

/**
 * @typedef {import('./components.js').Lists} Lists
 * @typedef {import('./components.js').Press} Press
 * @typedef {{ names: import('./formatted.js').Names, pending: string | undefined, lists: Lists, press: Press }} Shown
 */

/**
 * The components of a message: rows of buttons and menus, and all that Components V2 add.
 * @param {readonly any[]} components
 * @param {Shown} shown
 * @returns {(HTMLElement | undefined)[]}
 */
export function showLayout(components, shown) {
  return components.map((component) => show(component, shown))
}

/**
 * @param {any} component
 * @param {Shown} shown
 * @returns {HTMLElement | undefined}
 */
function show(component, shown) {
  const parts = component.components ?? []
  switch (component.type) {
    case 1:
      return make(
        'div',
        { class: 'row' },
        ...parts.map((/** @type {any} */ one) => showComponent(one, shown.pending, shown.lists, shown.press)),
      )
    case 9:
      return make(
        'div',
        { class: 'section' },
        make('div', {}, ...showLayout(parts, shown)),
        show(component.accessory, shown),
      )
    case 10:
      return formatted(component.content, shown.names)
    case 11:
      return image(component, 'embed-thumbnail')
    case 12:
      return make(
        'div',
        { class: component.items.length > 1 ? 'gallery' : 'single' },
        ...component.items.map((/** @type {any} */ item) => image(item, 'layout-image')),
      )
    case 14:
      return make('hr', { class: component.divider === false ? 'space' : undefined })
    case 17:
      return container(component, shown)
    default:
      return showComponent(component, shown.pending, shown.lists, shown.press)
  }
}

/**
 * @param {any} component
 * @param {Shown} shown
 */
function container(component, shown) {
  const { accent_color: color, components } = component
  const card = make('div', { class: 'embed container' }, ...showLayout(components, shown))
  if (typeof color === 'number') card.style.setProperty('--bar', `#${color.toString(16).padStart(6, '0')}`)
  return card
}

/**
 * @param {any} item
 * @param {string} name
 */
function image({ media, description }, name) {
  return picture({ url: media.url, description }, name)
}
