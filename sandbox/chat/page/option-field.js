import { make } from './dom.js'
import { readValue, types } from './commands.js'
import { suggest, withdraw } from './suggestions.js'

/**
 * @typedef {import('./commands.js').Option} Option
 * @typedef {string | number | boolean} Value
 * @typedef {{ name: string, element: HTMLElement, value(): Value | undefined, unreadable(): boolean,
 *   complain(problem: string): void, focus(): void }} Field
 */

/**
 * The field of one option of a command.
 * @param {Option} option
 * @param {Value | undefined} initial
 * @param {import('./commands.js').Known} known
 * @param {(focused: string) => Promise<import('./backend.js').Choice[]>} complete
 * @returns {Field}
 */
export function makeField(option, initial, known, complete) {
  const id = `option-${option.name}`
  const listed = choicesOf(option, known)
  const control = listed ? menu(id, option, listed, initial) : textInput(id, option, initial)
  /** @type {import('./backend.js').Choice | undefined} */
  let chosen
  if (option.autocomplete && control instanceof HTMLInputElement) {
    completeWhileTyping(control, option.name, complete, (choice) => {
      chosen = choice
      complain('')
    })
  }
  control.addEventListener('input', () => complain(''))
  const problem = make('span', { class: 'problem', id: `${id}-problem`, role: 'alert' })
  const label = make('label', { for: id, title: option.description }, option.name)
  const element = make('div', { class: 'option' }, make('div', { class: 'pair' }, label, control), problem)
  return { name: option.name, element, value, unreadable, complain, focus: () => control.focus() }

  function value() {
    if (chosen && control.value === chosen.name) return chosen.value
    return readValue(option, control.value.trim(), known)
  }

  function unreadable() {
    return control.value.trim() !== '' && value() === undefined
  }

  /** @param {string} sentence */
  function complain(sentence) {
    problem.textContent = sentence
    control.setAttribute('aria-describedby', problem.id)
    if (sentence) control.setAttribute('aria-invalid', 'true')
    else control.removeAttribute('aria-invalid')
  }
}

/**
 * What can be chosen, where it is a closed list.
 * @param {Option} option
 * @param {import('./commands.js').Known} known
 * @returns {{ name: string, value: string }[] | undefined}
 */
function choicesOf(option, { people, channels }) {
  if (option.choices.length > 0) return option.choices.map(({ name, value }) => ({ name, value: String(value) }))
  if (option.type === types.boolean) {
    return [
      { name: 'yes', value: 'true' },
      { name: 'no', value: 'false' },
    ]
  }
  if (option.type === types.user) return people.map(({ id, displayName }) => ({ name: displayName, value: id }))
  if (option.type === types.channel) return channels.map(({ id, name }) => ({ name: `#${name}`, value: id }))
  return undefined
}

/**
 * @param {string} id
 * @param {Option} option
 * @param {{ name: string, value: string }[]} listed
 * @param {Value | undefined} initial
 */
function menu(id, option, listed, initial) {
  const options = listed.map(({ name, value }) => make('option', { value, selected: value === String(initial) }, name))
  return make('select', { id }, make('option', { value: '' }, option.required ? 'choose' : 'not set'), ...options)
}

/**
 * @param {string} id
 * @param {Option} option
 * @param {Value | undefined} initial
 */
function textInput(id, option, initial) {
  const number = option.type === types.integer || option.type === types.number
  const placeholder = option.required ? 'needed' : 'not set'
  const limit = number || option.max === undefined ? undefined : String(option.max)
  const properties = {
    id,
    type: 'text',
    inputmode: number ? 'numeric' : undefined,
    placeholder,
    maxlength: limit,
    enterkeyhint: 'send',
  }
  return make('input', {
    ...properties,
    value: initial === undefined ? undefined : String(initial),
    autocomplete: 'off',
  })
}

/**
 * @param {HTMLInputElement} control
 * @param {string} name
 * @param {(focused: string) => Promise<import('./backend.js').Choice[]>} complete
 * @param {(choice: import('./backend.js').Choice) => void} choose
 */
function completeWhileTyping(control, name, complete, choose) {
  let asked = 0
  control.setAttribute('role', 'combobox')
  control.setAttribute('aria-controls', 'completions')
  control.setAttribute('aria-expanded', 'false')
  control.addEventListener('input', () => void ask())
  control.addEventListener('focus', () => void ask())
  control.addEventListener('blur', withdraw)

  async function ask() {
    const turn = ++asked
    await new Promise((resolve) => setTimeout(resolve, 120))
    if (turn !== asked || document.activeElement !== control) return
    const choices = await complete(name)
    if (turn !== asked || document.activeElement !== control) return
    suggest(
      control,
      choices.map((choice) => ({ name: choice.name, detail: '', choose: () => take(choice) })),
      -1,
    )
  }

  /** @param {import('./backend.js').Choice} choice */
  function take(choice) {
    asked++
    choose(choice)
    control.value = choice.name
    withdraw()
  }
}
