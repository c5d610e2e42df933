/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {import('../../discord/discord.ts').Outcome} Outcome
 * @typedef {import('../../discord/discord.ts').Choice} Choice
 * @typedef {Record<string, string | number | boolean>} Options
 */

/**
 * @param {string | undefined} person
 * @param {string | undefined} channel
 * @returns {Promise<ChatState>}
 */
export async function fetchState(person, channel) {
  const query = new URLSearchParams()
  if (person) query.set('person', person)
  if (channel) query.set('channel', channel)
  return read(await fetch(`/api/state?${query}`))
}

/**
 * Does something as a person.
 * @param {string} action
 * @param {Record<string, unknown>} body
 * @returns {Promise<any>}
 * @throws Error with a sentence to show.
 */
export async function send(action, body) {
  const headers = { 'content-type': 'application/json' }
  return read(await fetch(`/api/${action}`, { method: 'POST', headers, body: JSON.stringify(body) }))
}

/** @param {Response} response */
async function read(response) {
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}
