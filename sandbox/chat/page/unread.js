import { make, part } from './dom.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {import('../state.ts').Place} Place
 */

/** What comes into being after that is new as a whole. */
let isOpened = false
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
 * The ids of these places in which something is new, which is announced once.
 * @param {ChatState} state
 * @param {readonly Place[]} places
 * @returns {string[]}
 */
export function unreadPlaces(state, places) {
  const here = BigInt(state.messages.at(-1)?.id ?? 0)
  if (here > (seen.get(state.channel) ?? -1n)) seen.set(state.channel, here)
  const unread = places.filter(({ id, newest = '0' }) => {
    if (!seen.has(id)) seen.set(id, isOpened ? 0n : BigInt(newest))
    return BigInt(newest) > (seen.get(id) ?? 0n)
  })
  isOpened = true
  const fresh = unread.filter(({ id, newest = '0' }) => announced.get(id) !== BigInt(newest))
  for (const { id, newest = '0' } of fresh) announced.set(id, BigInt(newest))
  if (fresh.length > 0) announce(`New in ${fresh.map(nameOf).join(', ')}.`)
  return unread.map(({ id }) => id)
}

/**
 * Adds it to those before it, so that a screen reader says both where two come at once.
 * @param {string} news
 */
function announce(news) {
  const region = part('news')
  region.append(make('p', {}, news))
  if (region.childElementCount > 3) region.firstElementChild?.remove()
}

/**
 * What people call a channel, or a conversation.
 * @param {Pick<Place, 'name' | 'direct'>} place
 */
export function nameOf({ name, direct }) {
  return `${direct === undefined ? '#' : '@'}${name}`
}
