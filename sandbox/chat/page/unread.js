import { part } from './dom.js'

/** @typedef {import('../state.ts').ChatState} ChatState */

/**
 * The newest message that was on the page, or there when it was opened, by channel.
 * @type {Map<string, bigint>}
 */
const seen = new Map()
/**
 * The newest message that was announced, by channel.
 * @type {Map<string, bigint>}
 */
const announced = new Map()

/**
 * The ids of channels in which something is new, which is announced once.
 * @param {ChatState} state
 * @returns {string[]}
 */
export function unreadChannels(state) {
  const here = BigInt(state.messages.at(-1)?.id ?? 0)
  if (here > (seen.get(state.channel) ?? -1n)) seen.set(state.channel, here)
  const unread = state.channels.filter(({ id, newest = '0', direct }) => {
    // A conversation begins with its first message.
    if (!seen.has(id)) seen.set(id, direct ? 0n : BigInt(newest))
    return BigInt(newest) > (seen.get(id) ?? 0n)
  })
  const fresh = unread.filter(({ id, newest = '0' }) => announced.get(id) !== BigInt(newest))
  for (const { id, newest = '0' } of fresh) announced.set(id, BigInt(newest))
  if (fresh.length > 0)
    part('news').textContent =
      `New in ${fresh.map(({ name, direct }) => (direct ? `@${name}` : `#${name}`)).join(', ')}.`
  return unread.map(({ id }) => id)
}
