import { keepFocus, part } from './dom.js'
import { showMessage } from './message.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {import('../../discord/discord.ts').Message} Message
 * @typedef {{ key: string, text: string, element: HTMLElement }} Shown
 */

/** @type {Map<string, Shown>} */
let shown = new Map()
let atBottom = true

/**
 * Presses whose answer has not come, and those that failed, by message.
 * @type {Map<string, string>}
 */
export const pending = new Map()
/** @type {Map<string, string>} */
export const failures = new Map()

/** Keeps the newest message in view while the reader is at the bottom. */
export function followNewest() {
  const scroll = part('scroll')
  scroll.addEventListener('scroll', () => {
    atBottom = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60
  })
  const follow = () => atBottom && scroll.scrollTo(0, scroll.scrollHeight)
  const watch = new ResizeObserver(follow)
  watch.observe(part('messages'))
  watch.observe(scroll)
}

/** The next look at the list starts at its end: after a switch of the channel or person, or a line of one's own. */
export function goToNewest() {
  atBottom = true
  const scroll = part('scroll')
  scroll.scrollTo(0, scroll.scrollHeight)
}

/**
 * Brings the list up to date; a message that stayed the same keeps its element.
 * @param {ChatState} state
 * @param {import('./message.js').Acts} acts
 */
export function showMessages(state, acts) {
  /** @type {Map<string, Shown>} */
  const next = new Map()
  let before
  for (const message of state.messages) {
    next.set(message.id, showOne(message, before, state, acts))
    before = message
  }
  const list = part('messages')
  const elements = [...next.values()].map(({ element }) => element)
  keepFocus(() => {
    for (const { element } of shown.values()) if (!elements.includes(element)) element.remove()
  })
  elements.forEach((element, at) => {
    if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null)
  })
  shown = next
}

/**
 * @param {Message} message
 * @param {Message | undefined} before
 * @param {ChatState} state
 * @param {import('./message.js').Acts} acts
 * @returns {Shown}
 */
function showOne(message, before, state, acts) {
  const old = shown.get(message.id)
  const text = JSON.stringify(message)
  if (old && old.text !== text) pending.delete(message.id)
  const condition = {
    pending: pending.get(message.id),
    failure: failures.get(message.id),
    compact: follows(message, before),
  }
  const original = state.messages.find(({ id }) => id === message.replyTo)
  const about = [original?.content, original?.embeds, state.person, state.people.length, state.commands.length]
  const key = JSON.stringify([text, condition, ...about])
  if (old?.key === key) return old
  const element = showMessage(message, state, condition, acts)
  if (old) replace(old.element, element)
  return { key, text, element }
}

/**
 * Puts the new element in the old one's place and leaves the keyboard where it was.
 * @param {HTMLElement} old
 * @param {HTMLElement} element
 */
function replace(old, element) {
  const focusable = 'a[href], button, select, input, summary, [tabindex]'
  const at = [...old.querySelectorAll(focusable)].indexOf(/** @type {Element} */ (document.activeElement))
  const opened = [...old.querySelectorAll('details')].map(({ open }) => open)
  const hadFocus = old.contains(document.activeElement)
  old.replaceWith(element)
  element.querySelectorAll('details').forEach((details, index) => (details.open = opened[index] ?? false))
  if (!hadFocus) return
  const candidates = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(focusable))
  const same = candidates[at]?.matches(':disabled') ? undefined : candidates[at]
  const target = same ?? element.querySelector('.row button:enabled') ?? part('scroll')
  if (target instanceof HTMLElement) target.focus({ preventScroll: true })
}

/**
 * @param {Message} message
 * @param {Message | undefined} before
 */
function follows(message, before) {
  if (!before || message.usedBy || message.replyTo || message.ephemeral || before.ephemeral) return false
  return before.author.id === message.author.id && message.createdAt - before.createdAt < 5 * 60_000
}
