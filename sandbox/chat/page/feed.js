import { fetchState, NoAnswerError } from './backend.js'
import { part } from './dom.js'
import { worksAgain } from './notice.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {{ wanted(): [person: string | undefined, channel: string | undefined], take(state: ChatState): void,
 *   unknown(): void }} Reader what it wants to see, what it is given, and that there is no such person or channel
 */

const retryAfter = 1000

/**
 * Brings what the page shows up to date. Where the sandbox does not answer, it says so and asks again until it does.
 * @param {Reader} reader
 */
export function createFeed(reader) {
  /** @type {Promise<void> | undefined} */
  let running
  let again = false
  const down = { answers: false, changes: false }
  return { refresh, listen }

  /** Asks for everything again; while an answer is on its way, once more after it. */
  function refresh() {
    again = true
    running ??= ask().finally(() => {
      running = undefined
    })
    return running
  }

  async function ask() {
    while (again) {
      again = false
      try {
        const wanted = reader.wanted()
        const answer = await fetchState(...wanted)
        if (!answer) reader.unknown()
        const isCurrent = String(wanted) === String(reader.wanted())
        if (answer && isCurrent) reader.take(answer)
        again ||= !answer || !isCurrent
        say('answers', false)
        worksAgain()
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error
        say('answers', true)
        await new Promise((resolve) => setTimeout(resolve, retryAfter))
        again = true
      }
    }
  }

  /** Hears of changes. */
  function listen() {
    const events = new EventSource('/api/events')
    events.addEventListener('message', () => void refresh())
    events.addEventListener('open', () => {
      say('changes', false)
      void refresh()
    })
    events.addEventListener('error', () => {
      say('changes', true)
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, retryAfter)
    })
  }

  /**
   * @param {keyof typeof down} what
   * @param {boolean} isDown
   */
  function say(what, isDown) {
    down[what] = isDown
    part('gone').hidden = !down.answers && !down.changes
  }
}
