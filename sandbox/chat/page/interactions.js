import { make, part } from './dom.js'
import { send } from './backend.js'
import { openModal } from './modal.js'
import { failures, goToNewest, pending } from './messages.js'

/**
 * @typedef {import('../../discord/discord.ts').Message} Message
 * @typedef {import('../../discord/discord.ts').Outcome} Outcome
 * @typedef {{ person(): string, channel(): string, refresh(): Promise<void>, show(): void }} Seat
 */

/**
 * What the person at the page does to the bot, and what becomes of it.
 * @param {Seat} seat
 */
export function interactionsOf(seat) {
  return { use, press, dismiss, say, act }

  /**
   * @param {string} command
   * @param {Record<string, unknown>} options
   */
  async function use(command, options) {
    tell('')
    goToNewest()
    await follow(send('use', { person: seat.person(), channel: seat.channel(), command, options }), (reason) =>
      tell(`${'target' in options ? '' : '/'}${command}: ${reason}`),
    )
  }

  /**
   * @param {Message} message
   * @param {string} component
   * @param {string[]} [values]
   */
  async function press(message, component, values) {
    if (pending.has(message.id)) return
    pending.set(message.id, component)
    failures.delete(message.id)
    seat.show()
    const body = { person: seat.person(), message: message.id, component, ...(values ? { values } : {}) }
    await follow(send('press', body), (reason) => failures.set(message.id, reason))
    pending.delete(message.id)
    seat.show()
  }

  /** @param {Message} message */
  async function dismiss(message) {
    await act('dismiss', { person: seat.person(), message: message.id })
  }

  /** @param {string} content */
  async function say(content) {
    goToNewest()
    await act('say', { person: seat.person(), channel: seat.channel(), content })
  }

  /**
   * Does something that no bot answers.
   * @param {string} action
   * @param {Record<string, unknown>} body
   */
  async function act(action, body) {
    try {
      const answer = await send(action, body)
      await seat.refresh()
      return answer
    } catch (error) {
      tell(sentence(error))
      return undefined
    }
  }

  /**
   * @param {Promise<Outcome>} answer
   * @param {(reason: string) => void} fail
   */
  async function follow(answer, fail) {
    try {
      const outcome = await answer
      if (outcome.kind === 'failed') fail(`This interaction failed. ${outcome.reason.replace(/\.?$/, '.')}`)
      if (outcome.kind === 'modal') openModal(outcome.modal, (fields) => void submit(outcome.modal.id, fields))
    } catch (error) {
      fail(sentence(error))
    }
    await seat.refresh()
  }

  /**
   * @param {string} modal
   * @param {Record<string, string>} fields
   */
  async function submit(modal, fields) {
    await follow(send('submit', { person: seat.person(), modal, fields }), tell)
  }
}

/**
 * A line above the composer; an empty one takes it away.
 * @param {string} text
 */
export function tell(text) {
  const notice = part('notice')
  notice.hidden = text === ''
  const close = make('button', { type: 'button', class: 'textual', click: () => tell('') }, 'Close')
  notice.replaceChildren(make('span', {}, text), close)
}

/** @param {unknown} error */
function sentence(error) {
  return error instanceof Error ? error.message : String(error)
}
