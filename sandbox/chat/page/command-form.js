import { icon, make, part } from './dom.js'
import { missing } from './commands.js'
import { makeField } from './option-field.js'
import { marked, moveMark, withdraw } from './suggestions.js'

/**
 * @typedef {import('./commands.js').Command} Command
 * @typedef {import('./commands.js').Values} Values
 * @typedef {import('./composer.js').Speaker} Speaker
 * @typedef {import('./option-field.js').Field} Field
 */

const form = /** @type {HTMLFormElement} */ (part('command-form'))
const line = part('line-form')

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
  const options =
    fields.length > 0
      ? fields.map(({ element }) => element)
      : [make('span', { class: 'muted' }, 'Press Enter to send it.')]
  form.replaceChildren(head(command), make('div', { class: 'options' }, ...options), send)
  form.setAttribute('aria-label', `/${command.name}`)
  form.onsubmit = (event) => {
    event.preventDefault()
    const chosen = read(fields)
    const needed = missing(command, chosen)
    const wrong = fields.filter(({ unreadable }) => unreadable())
    for (const field of fields) {
      field.complain(
        needed.includes(field.name) ? 'This is needed.' : wrong.includes(field) ? 'This does not fit.' : '',
      )
    }
    const first = fields.find(({ name }) => needed.includes(name)) ?? wrong[0]
    if (first) return first.focus()
    closeCommand()
    speaker.use(command.name, chosen)
  }
  form.onkeydown = onKey
  form.hidden = false
  line.hidden = true
  for (const field of fields) field.complain(problems[field.name] ?? '')
  const stray = Object.keys(problems).find((name) => !fields.some((field) => field.name === name))
  if (stray !== undefined) speaker.tell(problems[stray] ?? '')
  const target =
    fields.find(({ name }) => problems[name]) ??
    fields.find(({ name }) => missing(command, values).includes(name)) ??
    fields[0]
  if (target) target.focus()
  else send.focus()
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
  } else if (by && suggesting && moveMark(by)) {
    event.preventDefault()
  } else if (event.key === 'Enter' && target.tagName !== 'BUTTON') {
    event.preventDefault()
    if (suggesting && marked()) marked()?.choose()
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
