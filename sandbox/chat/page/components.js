import { icon, make } from './dom.js'
import { webAddress } from './inline.js'

/**
 * @typedef {{ name: string, value: string }} Listed
 * @typedef {{ people: Listed[], channels: Listed[] }} Lists
 * @typedef {(component: string, values?: string[]) => void} Press
 */

const styles = ['', 'primary', 'secondary', 'success', 'danger', 'link']

/**
 * @param {any} component
 * @param {string | undefined} pending
 * @param {Lists} lists
 * @param {Press} press
 */
export function showComponent(component, pending, lists, press) {
  if (component.type === 2) return component.style === 5 ? linkButton(component) : button(component, pending, press)
  const options =
    component.type === 5 ? plain(lists.people) : component.type === 8 ? plain(lists.channels) : component.options
  if (!options) return undefined
  const menu = { ...component, options }
  return (component.max_values ?? 1) > 1 ? manyMenu(menu, press) : oneMenu(menu, press)
}

/**
 * @param {any} component
 * @param {string | undefined} pending
 * @param {Press} press
 */
function button(component, pending, press) {
  const busy = pending !== undefined && pending === component.custom_id
  const properties = {
    type: 'button',
    class: `button ${styles[component.style] ?? 'secondary'}`,
    disabled: component.disabled === true,
    'aria-busy': busy ? 'true' : undefined,
    click: () => press(component.custom_id),
  }
  return make('button', properties, label(component))
}

/** @param {any} component */
function linkButton(component) {
  const href = component.disabled ? undefined : webAddress(component.url)
  return make('a', { class: 'button link', href, target: '_blank', rel: 'noopener' }, label(component), icon('outside'))
}

/** @param {any} component */
function label(component) {
  return make('span', { class: 'label' }, component.label ?? component.emoji?.name ?? '')
}

/**
 * @param {any} menu
 * @param {Press} press
 */
function oneMenu(menu, press) {
  const title = menu.placeholder ?? 'Make a selection'
  const chosen = menu.options.some((/** @type {any} */ option) => option.default)
  const options = menu.options.map((/** @type {any} */ option) => {
    const text = option.description ? `${option.label} (${option.description})` : option.label
    return make('option', { value: option.value, selected: option.default === true }, text)
  })
  /** @type {HTMLSelectElement} */
  const select = make(
    'select',
    { 'aria-label': title, disabled: menu.disabled === true, change: () => press(menu.custom_id, [select.value]) },
    chosen ? undefined : make('option', { value: '', selected: true, disabled: true }, title),
    ...options,
  )
  return select
}

/**
 * @param {any} menu
 * @param {Press} press
 */
function manyMenu(menu, press) {
  const boxes = menu.options.map((/** @type {any} */ option) =>
    make('input', {
      type: 'checkbox',
      value: option.value,
      checked: option.default === true,
      disabled: menu.disabled === true,
    }),
  )
  const apply = () =>
    press(
      menu.custom_id,
      boxes
        .filter((/** @type {HTMLInputElement} */ box) => box.checked)
        .map((/** @type {HTMLInputElement} */ box) => box.value),
    )
  return make(
    'fieldset',
    { class: 'many' },
    make('legend', {}, menu.placeholder ?? 'Make a selection'),
    ...menu.options.map((/** @type {any} */ option, /** @type {number} */ at) =>
      make('label', {}, boxes[at], option.label),
    ),
    make(
      'button',
      { type: 'button', class: 'button secondary', disabled: menu.disabled === true, click: apply },
      'Choose these',
    ),
  )
}

/** @param {Listed[]} list */
function plain(list) {
  return list.map(({ name, value }) => ({ label: name, value }))
}
