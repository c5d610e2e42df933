import { messageMenuButton, personMenuButton } from './apps-menu.js'
import { now } from './times.js'
import { avatar, make } from './dom.js'
import { formatted } from './formatted.js'
import { showForwarded } from './forwarded.js'
import { showEmbeds } from './embed.js'
import { showLayout } from './layout.js'
import { flatten } from './commands.js'
import { replyLine } from './reply-line.js'

/**
 * @typedef {import('../state.ts').ChatState} ChatState
 * @typedef {import('../../discord/discord.ts').Message} Message
 * @typedef {{ press(message: Message, component: string, values?: string[]): void,
 *   dismiss(message: Message): void, fill(command: string): void, openMenu: import('./apps-menu.js').OpenMenu,
 *   openMessageMenu: import('./apps-menu.js').OpenMenu }} Acts
 * @typedef {{ pending?: string | undefined, failure?: string | undefined, compact: boolean }} Condition
 */

const botColor = '#0f6f7d'

/**
 * One message as an article.
 * @param {Message} message
 * @param {ChatState} state
 * @param {Condition} condition
 * @param {Acts} acts
 */
export function showMessage(message, state, condition, acts) {
  const names = namesOf(state, acts)
  const color = state.people.find(({ id }) => id === message.author.id)?.color ?? botColor
  const classes = ['message', message.ephemeral && 'private', condition.compact && 'compact'].filter(Boolean).join(' ')
  const article = make('article', {
    class: classes,
    'data-message-id': message.id,
    'aria-label': `${message.author.name}, ${clock(message.createdAt)}`,
  })
  // Discord has no apps for what one person sees.
  const isForApps = !message.ephemeral && !message.thinking
  const more = isForApps ? messageMenuButton(article, message.id, acts.openMessageMenu) : undefined
  const parts = [
    above(message, state, names, acts),
    condition.compact ? undefined : face(message, color, acts),
    condition.compact ? undefined : heading(message, acts, more),
    body(message, state, names, condition, acts, condition.compact ? more : undefined),
  ]
  article.append(...parts.filter((one) => one !== undefined))
  return article
}

/**
 * @param {ChatState} state
 * @param {Pick<Acts, 'fill'>} acts
 * @returns {import('./formatted.js').Names}
 */
export function namesOf(state, acts) {
  const commands = new Set(flatten(state.commands).map(({ name }) => name))
  const bot = state.messages.find(({ author }) => author.bot)?.author
  return {
    user: (id) =>
      state.people.find((one) => one.id === id)?.displayName ?? (id === bot?.id ? bot.name : 'unknown-user'),
    color: (name) => state.people.find(({ displayName }) => name.startsWith(displayName))?.color ?? botColor,
    channel: (id) => state.channels.find((one) => one.id === id)?.name ?? 'unknown',
    command: (name) => (commands.has(name) ? () => acts.fill(name) : undefined),
  }
}

/**
 * Which command it answers, or under which message it is.
 * @param {Message} message
 * @param {ChatState} state
 * @param {import('./formatted.js').Names} names
 * @param {Acts} acts
 */
function above({ replyTo, usedBy: use }, state, names, acts) {
  if (replyTo !== undefined)
    return replyLine(
      state.messages.find(({ id }) => id === replyTo),
      names,
    )
  return use && usedBy(use, state, acts)
}

/**
 * @param {NonNullable<Message['usedBy']>} use
 * @param {ChatState} state
 * @param {Acts} acts
 */
function usedBy(use, state, acts) {
  const name = state.people.find(({ id }) => id === use.id)?.displayName ?? use.name
  const fromMenu = state.commands.some((one) => one['name'] === use.command && (one['type'] ?? 1) !== 1)
  const command = make('span', { class: 'mention' }, fromMenu ? use.command : `/${use.command.replace(/^\//, '')}`)
  return make('div', { class: 'used' }, nameButton(use.id, name, acts), ' used ', command)
}

/**
 * @param {Message} message
 * @param {string} color
 * @param {Acts} acts
 */
function face({ author }, color, acts) {
  const element = avatar(author.name, color)
  if (author.bot) return element
  element.classList.add('opens')
  element.addEventListener('click', () => acts.openMenu(author.id, element))
  return element
}

/**
 * @param {string} person
 * @param {string} name
 * @param {Acts} acts
 */
function nameButton(person, name, acts) {
  return personMenuButton(person, name, acts.openMenu, 'name-button', name)
}

/**
 * @param {Message} message
 * @param {Acts} acts
 * @param {HTMLElement | undefined} more
 */
function heading(message, acts, more) {
  const at = new Date(message.createdAt)
  return make(
    'div',
    { class: 'heading' },
    message.author.bot
      ? make('span', { class: 'name' }, message.author.name)
      : nameButton(message.author.id, message.author.name, acts),
    message.author.bot ? make('span', { class: 'app' }, 'APP') : undefined,
    make('time', { datetime: at.toISOString(), title: at.toLocaleString() }, clock(message.createdAt)),
    more,
  )
}

/**
 * @param {Message} message
 * @param {ChatState} state
 * @param {import('./formatted.js').Names} names
 * @param {Condition} condition
 * @param {Acts} acts
 * @param {HTMLElement | undefined} more
 */
function body(message, state, names, condition, acts, more) {
  const lists = {
    people: state.people.map(({ id, displayName }) => ({ name: displayName, value: id })),
    channels: state.channels.map(({ id, name }) => ({ name: `#${name}`, value: id })),
  }
  const press = (/** @type {string} */ component, /** @type {string[] | undefined} */ values) =>
    acts.press(message, component, values)
  return make(
    'div',
    { class: 'body' },
    more,
    message.thinking ? make('div', { class: 'thinking' }, `${message.author.name} is thinking…`) : undefined,
    message.content ? content(message, names) : undefined,
    message.forwarded && showForwarded(message.forwarded, names),
    ...showEmbeds(message.embeds, names),
    ...message.attachments.map((file, place) =>
      attachment(file, `${state.person}/${message.channelId}/${message.id}/${place}`),
    ),
    ...showLayout(message.components, { names, pending: condition.pending, lists, press }),
    condition.failure ? make('div', { class: 'failure', role: 'alert' }, condition.failure) : undefined,
    message.ephemeral ? onlyYou(() => acts.dismiss(message)) : undefined,
  )
}

/**
 * The text, with a mark at its end where it has been edited.
 * @param {Message} message
 * @param {import('./formatted.js').Names} names
 */
function content({ content: text, editedAt, thinking, usedBy: use }, names) {
  const element = formatted(text, names)
  if (editedAt && !thinking && !use)
    (element.lastElementChild ?? element).append(' ', make('span', { class: 'edited' }, '(edited)'))
  return element
}

/**
 * @param {Message['attachments'][number]} file
 * @param {string} path
 */
function attachment({ name, text }, path) {
  const download = make('a', { href: `/api/files/${path}`, download: name }, `Download ${name}`)
  return make('details', { class: 'attachment' }, make('summary', {}, name), download, make('pre', {}, text))
}

/** @param {() => void} dismiss */
function onlyYou(dismiss) {
  const button = make('button', { type: 'button', class: 'textual', click: dismiss }, 'Dismiss message')
  return make('div', { class: 'only-you' }, 'Only you can see this · ', button)
}

/** @param {number} at */
function clock(at) {
  const time = new Date(at).toLocaleTimeString(undefined, { timeStyle: 'short' })
  const day = new Date(at).toLocaleDateString(undefined, { dateStyle: 'medium' })
  return new Date(at).toDateString() === new Date(now()).toDateString() ? time : `${day} ${time}`
}
