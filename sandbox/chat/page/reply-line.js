import { avatar, make, part } from './dom.js'
import { formattedLine } from './formatted.js'

/**
 * @typedef {import('../../discord/discord.ts').Message} Message
 * @typedef {import('./formatted.js').Names} Names
 */

/**
 * The line above a message that is shown under another one: a click leads there.
 * @param {Message | undefined} original undefined where the reader does not see it
 * @param {Names} names
 */
export function replyLine(original, names) {
  if (!original) return make('div', { class: 'reply' }, make('i', {}, 'Original message could not be loaded.'))
  const { id, author } = original
  return make(
    'div',
    { class: 'reply' },
    make(
      'button',
      { type: 'button', class: 'reply-button', click: () => goTo(id) },
      make('span', { class: 'unseen' }, 'In reply to '),
      avatar(author.name, names.color(author.name)),
      make('b', {}, author.name),
      make('span', { class: 'reply-text' }, summary(original, names)),
    ),
  )
}

/**
 * What the line says of it: its first words, without what could be clicked.
 * @param {Message} message
 * @param {Names} names
 */
function summary({ content, embeds }, names) {
  const texts = [content, embeds[0]?.['title'], embeds[0]?.['description'], 'Click to see the message']
  const text = texts.find((one) => typeof one === 'string' && one !== '')
  return formattedLine(`${text}`.split('\n')[0] ?? '', names).textContent
}

/**
 * Puts the message before the reader, where it is shown.
 * @param {string} id
 */
export function goTo(id) {
  const message = part('messages').querySelector(`[data-message-id="${id}"]`)
  if (!(message instanceof HTMLElement)) return
  message.tabIndex = -1
  message.focus({ preventScroll: true })
  message.scrollIntoView({ block: 'center' })
}
