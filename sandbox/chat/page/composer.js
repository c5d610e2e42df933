import { part } from './dom.js'
import { openCommand, useCommand } from './command-form.js'
import { flatten, matching, readLine } from './commands.js'
import { selected, moveSelection, suggest, withdraw } from './suggestions.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {import('./commands.js').Command} Command
 * @typedef {import('./commands.js').Values} Values
 * @typedef {{ state(): ChatState, use(command: string, values: Values): Promise<boolean>, say(text: string): Promise<boolean>,
 *   complete(command: string, values: Values, focused: string): Promise<import('./backend.js').Choice[]>,
 *   tell(sentence: string): void }} Speaker
 */

const input = /** @type {HTMLInputElement} */ (part('line'))

/**
 * The line at the bottom: chat, or a command that is completed while it is typed. What it returns fills in a command.
 * @param {Speaker} speaker
 * @returns {(name: string) => void}
 */
export function startComposer(speaker) {
  // True once the person has moved the selection: Enter then means that suggestion.
  let moved = false

  input.addEventListener('input', () => {
    moved = false
    offer()
  })
  input.addEventListener('focus', offer)
  input.addEventListener('blur', withdraw)
  input.addEventListener('keydown', (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (by && moveSelection(by)) {
      moved = true
      event.preventDefault()
    } else if (event.key === 'Tab' && !event.shiftKey && selected()) {
      event.preventDefault()
      selected()?.choose()
    } else if (event.key === 'Escape') {
      withdraw()
    }
  })
  part('line-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const line = input.value.trim()
    if (line.startsWith('/')) sendCommand(line)
    else if (line) void say(line)
  })

  return function fill(name) {
    const command = flatten(speaker.state().commands).find((one) => one.name === name)
    if (command) open(command, {}, {})
    else speaker.tell('Hearsay has no such command here yet.')
  }

  /** @param {string} line */
  async function say(line) {
    clear()
    if (!(await speaker.say(line))) input.value = `${line} ${input.value}`.trim()
  }

  function offer() {
    if (!input.value.startsWith('/')) return withdraw()
    const commands = flatten(speaker.state().commands)
    const suggestions = matching(commands, input.value).map((command) => ({
      name: `/${command.name}`,
      detail: command.description,
      choose: () => choose(command),
    }))
    suggest(
      input,
      suggestions,
      0,
      commands.length > 0 ? 'There is no such command.' : 'Hearsay has no commands here yet.',
    )
  }

  /** @param {string} line */
  function sendCommand(line) {
    const typed = readLine(line, flatten(speaker.state().commands), speaker.state())
    if (!typed || moved) return selected() ? selected()?.choose() : speaker.tell('There is no such command.')
    if (Object.keys(typed.problems).length > 0) return open(typed.command, typed.values, typed.problems)
    clear()
    void useCommand(typed.command, typed.values, speaker)
  }

  /** @param {Command} command */
  function choose(command) {
    const typed = readLine(input.value, [command], speaker.state())
    open(command, typed?.values ?? {}, {})
  }

  /**
   * @param {Command} command
   * @param {Values} values
   * @param {Record<string, string>} problems
   */
  function open(command, values, problems) {
    // A sentence that is not sent yet waits below the command.
    if (input.value.startsWith('/')) clear()
    openCommand(command, values, problems, speaker)
  }

  function clear() {
    input.value = ''
    moved = false
    withdraw()
  }
}

/** @param {string} place as people call it */
export function nameComposer(place) {
  const label = `Message ${place}`
  input.setAttribute('aria-label', label)
  input.placeholder = `${label} or type /`
}
