import { NoAnswerError, send } from './backend.js'
import { openModal } from './modal.js'
import { failures, goToNewest, pending } from './messages.js'
import { tell } from './notice.js'

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
   * False when it was not taken.
   * @param {string} command
   * @param {Record<string, unknown>} options
   */
  function use(command, options) {
    tell('')
    goToNewest()
    return follow(send('use', { person: seat.person(), channel: seat.channel(), command, options }), (reason) =>
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

  /**
   * False when it was not taken.
   * @param {string} content
   */
  async function say(content) {
    goToNewest()
    const answer = await act('say', { person: seat.person(), channel: seat.channel(), content })
    return answer !== undefined
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
      complain(error, tell)
      return undefined
    }
  }

  /**
   * False when the sandbox did not take it.
   * @param {Promise<Outcome>} answer
   * @param {(reason: string) => void} fail
   */
  async function follow(answer, fail) {
    let isTaken = false
    try {
      const outcome = await answer
      isTaken = true
      if (outcome.kind === 'failed') fail(`This interaction failed. ${outcome.reason.replace(/\.?$/, '.')}`)
      if (outcome.kind === 'modal') openModal(outcome.modal, (fields) => void submit(outcome.modal, fields))
    } catch (error) {
      complain(error, fail)
    }
    if (isTaken) await seat.refresh()
    return isTaken
  }

  /**
   * @param {import('./modal.js').Modal} modal
   * @param {Record<string, string>} fields
   */
  async function submit(modal, fields) {
    if (await follow(send('submit', { person: seat.person(), modal: modal.id, fields }), tell)) return
    const filled = modal.fields.map((field) => ({ ...field, value: fields[field.customId] ?? field.value }))
    openModal({ ...modal, fields: filled }, (again) => void submit(modal, again))
  }

  /**
   * @param {unknown} error
   * @param {(sentence: string) => void} refused
   */
  function complain(error, refused) {
    if (!(error instanceof NoAnswerError)) return refused(error instanceof Error ? error.message : String(error))
    tell('The sandbox does not answer. Nothing was sent, and nothing that you wrote is lost.', true)
    void seat.refresh()
  }
}
