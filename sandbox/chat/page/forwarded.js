import { make } from './dom.js'
import { showEmbeds } from './embed.js'
import { formatted } from './formatted.js'
import { showLayout } from './layout.js'

/**
 * What it forwards; its buttons are not there.
 * @param {import('../../discord/discord.ts').Forwarded} message
 * @param {import('./formatted.js').Names} names
 */
export function showForwarded({ content: text, embeds, components }, names) {
  const lists = { people: [], channels: [] }
  const layout = showLayout(components, { names, pending: 'forwarded', lists, press: () => undefined })
  const parts = [text ? formatted(text, names) : undefined, ...showEmbeds(embeds, names), ...layout]
  return make('blockquote', { class: 'forwarded' }, make('div', { class: 'edited' }, 'Forwarded'), ...parts)
}
