import { icon, make, part } from './dom.js'
import { missing } from './commands.js'
import { makeField } from './option-field.js'
import { selected, moveSelection, withdraw } from './suggestions.js'

/**
 * @typedef {import('./commands.js').Command} Command
 * @typedef {import('./commands.js').Values} Values
 * @typedef {import('./composer.js').Speaker} Speaker
 * @typedef {import('./option-field.js').Field} Field
 */

const form = /** @type {HTMLFormElement} */ (part('command-form'))
const line = part('line-form')

/** Listeners of the command that is open. */
let listening = new AbortController()

/**
 * Shows a chosen command with its options in place of the line. Enter sends it, Escape goes back.
 * @param {Command} command
 * @param {Values} values
 * @param {Record<string, string>} problems by option
 * @param {Speaker} speaker
 */
export function openCommand(command, values, problems, speaker) {
  const complete = (/** @type {string} */ focused) => speaker.complete(command.name, read(fields), focused)
  /** @type {Field[]} */
  const fields = command.options.map((option) => makeField(option, values[option.name], speaker.state(), complete))
  const send = make('button', { type: 'submit', class: 'round', 'aria-label': 'Send' }, icon('send'))
  const none = make('span', { class: 'muted' }, 'Press Enter to send it.')
  const options = fields.length > 0 ? fields.map(({ element }) => element) : [none]
  form.replaceChildren(head(command), make('div', { class: 'options' }, ...options), send)
  form.setAttribute('aria-label', `/${command.name}`)
  listening.abort()
  listening = new AbortController()
  form.addEventListener('keydown', onKey, listening)
  form.addEventListener(
    'submit',
    (event) => {
      event.preventDefault()
      trySending(command, fields, speaker)
    },
    listening,
  )
  form.hidden = false
  line.hidden = true
  for (const field of fields) field.complain(problems[field.name] ?? '')
  const stray = Object.keys(problems).find((name) => !fields.some((field) => field.name === name))
  if (stray !== undefined) speaker.tell(problems[stray] ?? '')
  const needed = missing(command, values)
  const first =
    fields.find(({ name }) => problems[name]) ?? fields.find(({ name }) => needed.includes(name)) ?? fields[0]
  if (first) first.focus()
  else send.focus()
}

/**
 * Sends the command, or points out what it still needs.
 * @param {Command} command
 * @param {Field[]} fields
 * @param {Speaker} speaker
 */
function trySending(command, fields, speaker) {
  const chosen = read(fields)
  const needed = missing(command, chosen)
  for (const field of fields) {
    field.complain(field.unreadable() ? 'This does not fit.' : needed.includes(field.name) ? 'This is needed.' : '')
  }
  const first = fields.find((field) => field.unreadable() || needed.includes(field.name))
  if (first) return first.focus()
  closeCommand()
  void useCommand(command, chosen, speaker)
}

/**
 * Sends a command, which is back in the form where it was not taken.
 * @param {Command} command
 * @param {Values} values
 * @param {Speaker} speaker
 */
export async function useCommand(command, values, speaker) {
  const isTaken = await speaker.use(command.name, values)
  if (!isTaken && form.hidden) openCommand(command, values, {}, speaker)
}

/** Brings the plain line back, with the keyboard in it. */
export function closeCommand() {
  if (form.hidden) return
  form.hidden = true
  form.replaceChildren()
  line.hidden = false
  withdraw()
  part('line').focus()
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const target = /** @type {HTMLElement} */ (event.target)
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  const suggesting = target.getAttribute('aria-expanded') === 'true'
  if (event.key === 'Escape') {
    if (suggesting) withdraw()
    else closeCommand()
  } else if (by && suggesting && moveSelection(by)) {
    event.preventDefault()
  } else if (event.key === 'Enter' && target.tagName !== 'BUTTON') {
    event.preventDefault()
    if (suggesting && selected()) selected()?.choose()
    else form.requestSubmit()
  }
}

/** @param {Command} command */
function head(command) {
  const cancel = make(
    'button',
    { type: 'button', class: 'textual', 'aria-label': 'Cancel', click: closeCommand },
    icon('close'),
  )
  return make(
    'div',
    { class: 'command-head' },
    make('b', { class: 'mention' }, `/${command.name}`),
    make('span', { class: 'command-about' }, command.description),
    cancel,
  )
}

/**
 * @param {Field[]} fields
 * @returns {Values}
 */
function read(fields) {
  /** @type {Values} */
  const values = {}
  for (const field of fields) {
    const value = field.value()
    if (value !== undefined) values[field.name] = value
  }
  return values
}
