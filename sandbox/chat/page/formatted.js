import { make } from './dom.js'
import { parseInline } from './inline.js'
import { parseMarkdown } from './markdown.js'
import { formatTime, now } from './times.js'

/**
 * @typedef {import('./inline.js').Inline} Inline
 * @typedef {import('./markdown.js').Block} Block
 * @typedef {{ user(id: string): string, channel(id: string): string, color(name: string): string,
 *   command(name: string): (() => void) | undefined }} Names `command` gives what fills it in, for one that there is
 */

const tags = /** @type {const} */ ({ strong: 'strong', emphasis: 'em', underline: 'u', strike: 's' })

/**
 * A text with Discord's markdown, as elements.
 * @param {string} text
 * @param {Names} names
 */
export function formatted(text, names) {
  return make('div', { class: 'formatted' }, ...parseMarkdown(text).map((block) => showBlock(block, names)))
}

/**
 * The same for one line, such as a title.
 * @param {string} text
 * @param {Names} names
 */
export function formattedLine(text, names) {
  return make('span', { class: 'formatted' }, ...showAll(parseInline(text), names))
}

/** Brings the relative times on the page up to date. */
export function refreshTimes() {
  for (const element of document.querySelectorAll('time[data-style="R"]')) {
    const unix = Number(/** @type {HTMLElement} */ (element).dataset['unix'])
    element.textContent = formatTime(unix, 'R', now()) ?? ''
  }
}

/**
 * @param {Block} block
 * @param {Names} names
 * @returns {HTMLElement}
 */
function showBlock(block, names) {
  switch (block.kind) {
    case 'fence':
      return make('pre', {}, make('code', {}, block.text))
    case 'quote':
      return make('blockquote', {}, ...block.children.map((child) => showBlock(child, names)))
    case 'list': {
      const items = block.items.map((item) => make('li', {}, ...showAll(item, names)))
      return block.ordered ? make('ol', { start: String(block.start) }, ...items) : make('ul', {}, ...items)
    }
    case 'heading':
      return make('div', { class: `heading-${block.level}` }, ...showAll(block.children, names))
    default:
      return make('div', { class: block.kind }, ...showAll(block.children, names))
  }
}

/**
 * @param {Inline[]} nodes
 * @param {Names} names
 */
function showAll(nodes, names) {
  const shown = nodes.map((node) => showInline(node, names))
  shown.forEach((one, index) => {
    const next = shown[index + 1]
    const [end] = (typeof next === 'string' && /^[,.;:!?)]+/.exec(next)) || []
    if (!end || typeof next !== 'string' || !(one instanceof HTMLButtonElement)) return
    // A line may break on either side of a button, but not before the end of a sentence.
    shown[index] = make('span', { class: 'together' }, one, end)
    shown[index + 1] = next.slice(end.length)
  })
  return shown
}

/**
 * @param {Inline} node
 * @param {Names} names
 * @returns {Node | string}
 */
function showInline(node, names) {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'code':
      return (node.text.startsWith('/') && command(node.text.slice(1), names)) || make('code', {}, node.text)
    case 'spoiler':
      return spoiler(showAll(node.children, names))
    case 'link':
      return make('a', leadingTo(node.url), ...showAll(node.children, names))
    case 'time':
      return time(node.unix, node.style)
    case 'user':
      return mention(`@${names.user(node.id)}`)
    case 'channel':
      return mention(`#${names.channel(node.id)}`)
    case 'role':
      return mention('@role')
    case 'command':
      return command(node.name, names) ?? mention(`/${node.name}`)
    case 'everyone':
      return mention(node.text)
    default:
      return make(tags[node.kind], {}, ...showAll(node.children, names))
  }
}

/**
 * A message of this chat is followed within the page.
 * @param {string} url
 */
function leadingTo(url) {
  const place = /^http:\/\/127\.0\.0\.1:\d+(\/channels\/\d+\/\d+(?:\/\d+)?)$/.exec(url)?.[1]
  return place ? { href: `#${place}` } : { href: url, target: '_blank', rel: 'noopener' }
}

/** @param {string} text */
function mention(text) {
  return make('span', { class: 'mention' }, text)
}

/**
 * @param {string} name
 * @param {Names} names
 */
function command(name, names) {
  const click = names.command(name)
  return click && make('button', { type: 'button', class: 'mention fills', click }, `/${name}`)
}

/** @param {(Node | string)[]} children */
function spoiler(children) {
  const show = () => element.classList.add('shown')
  const element = make(
    'span',
    { class: 'spoiler', tabindex: '0', title: 'Spoiler', click: show, focus: show },
    ...children,
  )
  return element
}

/**
 * @param {number} unix
 * @param {string} style
 */
function time(unix, style) {
  const text = formatTime(unix, style, now())
  if (!text) return 'Invalid date'
  const properties = { 'data-unix': String(unix), 'data-style': style, title: formatTime(unix, 'F', now()) }
  return make('time', { ...properties, datetime: new Date(unix * 1000).toISOString() }, text)
}
