import { avatar, make } from './dom.js'
import { formatted, formattedLine } from './formatted.js'
import { webAddress } from './inline.js'

/** @typedef {import('./formatted.js').Names} Names */

/**
 * Embeds in Discord's shape, as cards. Up to four with the same address are one card with a gallery.
 * @param {readonly any[]} embeds
 * @param {Names} names
 */
export function showEmbeds(embeds, names) {
  const first = (/** @type {any} */ embed) => embeds.find(({ url }) => url && url === embed.url) ?? embed
  return embeds
    .filter((embed) => first(embed) === embed)
    .map((embed) => showEmbed(embed, embeds.filter((other) => first(other) === embed).slice(0, 4), names))
}

/**
 * @param {any} embed
 * @param {readonly any[]} gallery
 * @param {Names} names
 */
function showEmbed(embed, gallery, names) {
  const card = make('div', { class: 'embed' })
  if (typeof embed.color === 'number') card.style.setProperty('--bar', `#${embed.color.toString(16).padStart(6, '0')}`)
  const words = make(
    'div',
    { class: 'embed-words' },
    embed.author && author(embed.author, names),
    embed.title && make('div', { class: 'embed-title' }, linked(embed.url, formattedLine(embed.title, names))),
    embed.description && formatted(embed.description, names),
    embed.fields?.length ? fields(embed.fields, names) : undefined,
  )
  card.append(words)
  const thumbnail = picture(embed.thumbnail, 'embed-thumbnail')
  if (thumbnail) card.append(thumbnail)
  const images = gallery.flatMap(({ image }) => picture(image, 'embed-image') ?? [])
  if (images.length > 0) card.append(make('div', { class: images.length > 1 ? 'gallery' : 'single' }, ...images))
  const footer = footerText(embed)
  if (footer)
    card.append(make('div', { class: 'embed-footer' }, picture({ url: embed.footer?.icon_url }, 'embed-icon'), footer))
  return card
}

/**
 * @param {any} value
 * @param {Names} names
 */
function author(value, names) {
  const own = picture({ url: value.icon_url }, 'embed-icon')
  // Avatars are on Discord's own servers, which the sandbox does not have: people get their letter.
  const icon = own ?? (value.icon_url && avatar(value.name, names.color(value.name)))
  return make('div', { class: 'embed-author' }, icon, linked(value.url, value.name))
}

/**
 * @param {any[]} list
 * @param {Names} names
 */
function fields(list, names) {
  const shown = list.map((field) =>
    make(
      'div',
      { class: field.inline ? 'field inline' : 'field' },
      make('div', { class: 'field-name' }, formattedLine(field.name, names)),
      formatted(field.value, names),
    ),
  )
  return make('div', { class: 'fields' }, ...shown)
}

/** @param {any} embed */
function footerText(embed) {
  const at = embed.timestamp
    ? new Date(embed.timestamp).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
    : ''
  return [embed.footer?.text, at].filter(Boolean).join(' · ')
}

/**
 * @param {unknown} address
 * @param {Node | string} child
 */
function linked(address, child) {
  const href = webAddress(address)
  return href ? make('a', { href, target: '_blank', rel: 'noopener' }, child) : make('span', {}, child)
}

/**
 * Only from this computer: nothing here is fetched from outside.
 * @param {any} value
 * @param {string} name
 */
export function picture(value, name) {
  const src = webAddress(value?.url)
  if (!src || new URL(src).hostname !== location.hostname) return undefined
  /** @type {HTMLImageElement} */
  const image = make('img', { class: name, src, alt: value.description ?? '', error: () => image.remove() })
  return image
}
