import { keepFocus, make, part } from './dom.js'

const readingTime = 4000

/** Whether the sentence is over once the sandbox answers again. */
let passes = false
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving

/**
 * A line above the composer; an empty one takes it away.
 * @param {string} text
 * @param {boolean} [untilItWorks] goes away when the sandbox answers again
 */
export function tell(text, untilItWorks = false) {
  clearTimeout(leaving)
  leaving = undefined
  passes = untilItWorks
  const notice = part('notice')
  const close = make('button', { type: 'button', class: 'textual', click: () => tell('') }, 'Close')
  keepFocus(() => {
    notice.hidden = text === ''
    notice.replaceChildren(make('span', {}, text), close)
  })
}

/** Takes away what is over, with time to read it. */
export function worksAgain() {
  if (passes) leaving ??= setTimeout(() => tell(''), readingTime)
}
