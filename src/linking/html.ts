import { hash } from 'node:crypto'
import type { MessageKey, Translate } from '../i18n.ts'

/** Markup that is safe to send as it is. */
export type Html = { readonly markup: string }

type Part = Html | string | number | readonly Html[] | undefined | false

/** Template literals in which every text that is put in is escaped, in element content and quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.map((string, index) => string + written(parts[index])).join('') }
}

function written(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
  return String(part)
    .toWellFormed()
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** The one style sheet of the link pages, sent inside them. */
const style = `
:root { color-scheme: light dark; --ground: #eceae6; --card: #fffefb; --ink: #23272e; --soft: #5d6470; --line: #dcd8d0;
  --accent: #0f6f7d; --accent-ink: #fff; --bad: #a82a20; --good: #287a41; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181c; --card: #1d2025; --ink: #e6e8eb; --soft: #a2a9b4;
  --line: #32363e; --accent: #63cbd9; --accent-ink: #0b2a2f; --bad: #ff9b92; --good: #6fd3a0; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem;
  background: var(--ground); color: var(--ink); font: 1.05rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 29rem; background: var(--card); border: 1px solid var(--line); border-radius: 1.1rem;
  padding: 2rem 1.75rem; box-shadow: 0 1rem 3rem rgb(0 0 0 / .08); }
.brand { display: flex; align-items: center; gap: .6rem; color: var(--soft); font-weight: 600; letter-spacing: .01em; }
.brand svg { width: 1.9rem; height: 1.9rem; }
h1 { font-size: 1.55rem; line-height: 1.25; margin: 1.4rem 0 .6rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
p { margin: .6rem 0; overflow-wrap: anywhere; }
ol, ul { list-style: none; margin: 1.3rem 0; padding: 0; display: grid; gap: .8rem; }
li { display: flex; gap: .8rem; align-items: baseline; overflow-wrap: anywhere; }
li > .mark { flex: none; width: 1.7rem; height: 1.7rem; border-radius: 50%; border: 1.5px solid var(--line);
  display: inline-grid; place-items: center; font-size: .85rem; font-weight: 700; color: var(--soft); align-self: start; }
li.now > .mark { border-color: var(--accent); color: var(--accent); }
li.done > .mark { border-color: var(--good); color: var(--good); }
li small, .quiet { color: var(--soft); font-size: .92rem; }
li small { display: block; }
button, .button { display: block; width: 100%; margin-top: 1.4rem; padding: .85rem 1rem; border: 0; border-radius: .7rem;
  background: var(--accent); color: var(--accent-ink); font: inherit; font-weight: 650; text-align: center;
  text-decoration: none; cursor: pointer; }
label { display: block; margin-top: 1.4rem; font-weight: 650; }
input { width: 100%; margin-top: .4rem; padding: .7rem .8rem; border: 1.5px solid var(--line); border-radius: .7rem;
  background: var(--ground); color: inherit; font: 1rem/1.4 ui-monospace, monospace; }
button:hover, .button:hover { filter: brightness(1.07); }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.bad h1, .wrong { color: var(--bad); } .good h1 { color: var(--good); }
a { color: inherit; } li code { user-select: all; } code { background: var(--ground); border-radius: .35rem; padding: .1rem .35rem; }
.typed { white-space: nowrap; }
.text { max-width: 42rem; } .text ul { display: block; list-style: disc; margin: .6rem 0; padding-left: 1.2rem; }
.text li { display: list-item; margin: .4rem 0; }
`

/** For the Content-Security-Policy: allows this style sheet and no other. */
export const styleHash = `'sha256-${hash('sha256', style, 'base64')}'`

/** A whole page around its content. */
export function document(t: Translate, title: string, content: Html, mood = ''): string {
  const page = html`<!doctype html>
    <html lang="${t.locale}" dir="${t.direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Hearsay</title>
        <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(logo.markup)}" />
        ${{ markup: `<style>${style}</style>` }}
      </head>
      <body>
        <main class="${mood}">
          <div class="brand">${logo}Hearsay</div>
          ${content}
        </main>
      </body>
    </html>`
  return page.markup
}

const logo: Html = {
  markup:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36" aria-hidden="true"><rect width="36" height="36" rx="11" fill="#0f6f7d"/>' +
    '<path d="M8 12.5A4.5 4.5 0 0 1 12.5 8h11a4.5 4.5 0 0 1 4.5 4.5v7a4.5 4.5 0 0 1-4.5 4.5H17l-5 4.5V24a4 4 0 0 1-4-4z" ' +
    'fill="#fff"/><path d="M14 14v4M18 12v8M22 14.5v3" stroke="#0f6f7d" stroke-width="2.2" stroke-linecap="round"/></svg>',
}

/** A sentence with markup in the places of its placeholders. */
export function rich(t: Translate, key: MessageKey, parts: Readonly<Record<string, Html>>): Html {
  const names = Object.keys(parts)
  // Marks that are in no sentence.
  const said = t(key, Object.fromEntries(names.map((name, place) => [name, `\uE000${place}\uE000`])))
  const pieces = said.split('\uE000').map((piece, place) => {
    return place % 2 === 0 ? html`${piece}` : html`${parts[names[Number(piece)] ?? '']}`
  })
  return html`${pieces}`
}

/** Sentences are written for the chat: a browser is given its times in words, its commands as code, and links to playlists. */
export function sentence(text: string, t: Translate): Html {
  const inWords = (_: string, seconds: string): string => t('page.time', { at: new Date(Number(seconds) * 1000) })
  const [first = '', ...others] = text.replace(/<t:(\d+):R>/g, inWords).split(special)
  const pieces = Array.from({ length: others.length / 4 }, (_, at) => {
    const [command, label, url, rest] = others.slice(4 * at)
    const piece = url ? html`<a href="${url}">${label}</a>` : html`<code class="typed">${command}</code>`
    return html`${piece}${rest}`
  })
  return html`${first}${pieces}`
}

/** A command, or a link to a playlist: what people call their songs must lead nowhere. */
const special = /`(\/[a-z-]+(?: [a-z-]+)*)`|\[([^[\]]+)\]\((https:\/\/open\.spotify\.com\/playlist\/[\w-]{1,64})\)/
