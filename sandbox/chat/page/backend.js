/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {import('../../discord/discord.ts').Outcome} Outcome
 * @typedef {import('../../discord/discord.ts').Choice} Choice
 * @typedef {Record<string, string | number | boolean>} Options
 */

/** The sandbox gave no answer, or one that is not its own. */
export class NoAnswerError extends Error {
  /** @override */
  name = 'NoAnswerError'
}

/**
 * Undefined when there is no such person or channel.
 * @param {string | undefined} person
 * @param {string | undefined} channel
 * @returns {Promise<ChatState | undefined>}
 * @throws NoAnswerError
 */
export async function fetchState(person, channel) {
  const query = new URLSearchParams()
  if (person) query.set('person', person)
  if (channel) query.set('channel', channel)
  const { status, answer } = await ask(`/api/state?${query}`)
  if (status === 404) return undefined
  if (status !== 200) throw new NoAnswerError()
  return answer
}

/**
 * Does something as a person.
 * @param {string} action
 * @param {Record<string, unknown>} body
 * @returns {Promise<any>}
 * @throws NoAnswerError, and Error with a sentence to show
 */
export async function send(action, body) {
  const headers = { 'content-type': 'application/json' }
  const { status, answer } = await ask(`/api/${action}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (status !== 200) throw new Error(answer.error)
  return answer
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<{ status: number, answer: any }>}
 */
async function ask(path, options) {
  try {
    const response = await fetch(path, options)
    if (response.status < 500) return { status: response.status, answer: await response.json() }
  } catch {
    // The connection was cut, or something else answered.
  }
  throw new NoAnswerError()
}
