import { clientIdField, hintField, ownField } from '../accounts/invitations.ts'
import { UserError } from '../errors.ts'
import { html, style, type Html } from './html.ts'

/** The pages of the link flow: whole documents, without scripts. Names are as their owners chose them. */

export function startPage(hint: string): string {
  return document(
    'Link your Spotify account',
    html`<h1>Link your Spotify account</h1>
      <p>Hearsay shows your liked songs in Discord when you ask it to. Nothing happens until you continue.</p>
      ${progress(0, 'asked')} ${startForm(hint)}
      <p class="quiet">You come back here before Spotify is asked. Undo it at any time with <code>/unlink</code>.</p>
      <p class="quiet">
        Does Spotify not let you in?
        <a href="/link?${ownField}${hint && `&${hintField}=${hint}`}">Use an app of your own</a>.
      </p>`,
  )
}

/** The form that begins a linking, through the person's own app where `clientId` is given. */
export function startForm(hint: string, clientId?: string): Html {
  const own = clientId !== undefined && html`<input type="hidden" name="${clientIdField}" value="${clientId}" />`
  return html`<form method="post" action="/link" class="primary">
    <input type="hidden" name="${hintField}" value="${hint}" />
    ${own}
    <button class="primary">Continue with Discord</button>
  </form>`
}

/** `saving`: Spotify is asked to let Hearsay add songs as well. `clientId` is that of the person's own app. */
export function confirmPage(
  { name, display }: { readonly name: string; readonly display: string },
  formToken: string,
  { saving = false, clientId }: { saving?: boolean; clientId?: string | undefined } = {},
): string {
  const own = clientId !== undefined && html` It goes through your own app, <code>${clientId}</code>.`
  return document(
    `Discord: @${name}`,
    html`<h1>Discord: <bdi>@${name}</bdi></h1>
      <p>
        Your Spotify account will be linked to this Discord
        account${display !== name && html` (<bdi>${display}</bdi>)`}. Next: Spotify.${own}
      </p>
      ${progress(1, saving ? 'saving' : 'reading')}
      <form method="post" action="/link/confirm" class="primary">
        <input type="hidden" name="token" value="${formToken}" />
        <button class="primary">Continue to Spotify</button>
      </form>
      <p class="quiet">Not you? <a href="/link">Start again</a> after switching accounts on Discord.</p>`,
  )
}

/** `saved`: what became of the song for which the person linked. */
export function donePage(person: string, spotifyName: string, { saving = false, saved = '' } = {}): string {
  return document(
    'Linked',
    html`<h1>Linked as <bdi>${spotifyName}</bdi></h1>
      <p>
        The Spotify account <strong dir="auto">${spotifyName}</strong> now belongs to Discord’s
        <strong dir="auto">@${person}</strong>.
      </p>
      ${progress(2, saving ? 'saving' : 'reading')} ${saved && html`<p>${saved}</p>`}
      <p>Close this page and go back to Discord. <code>/liked recent</code> shows your songs.</p>
      <p class="quiet">
        Nobody else can look up your songs unless you share them. <code>/unlink</code> deletes everything at once.
      </p>`,
    'good',
  )
}

/** `offerOwnApp`: the way out may be a Spotify app of the person's own. */
export function problemPage(title: string, sentence: string, offerOwnApp = false): string {
  const offer = html`<p>
    Or <a href="/link?${ownField}">link through a Spotify app of your own</a>: it takes five minutes.
  </p>`
  return document(
    title,
    html`<h1>${title}</h1>
      <p>${sentence}</p>
      ${offerOwnApp && offer}
      ${!sentence.includes('othing was linked') && html`<p class="quiet">Nothing was linked by this step.</p>`}
      <a class="button" href="/link">Start again</a>`,
    'bad',
  )
}

/** A failure with a page of its own. */
export class PageError extends UserError {
  readonly status: number
  readonly title: string

  constructor(status: number, title: string, sentence: string) {
    super(sentence)
    this.status = status
    this.title = title
  }
}

const limits = {
  asked: 'Nothing else, unless you press Save. Nobody sees them unless you share them.',
  reading: 'Nothing else. Nobody sees them unless you share them.',
  saving: 'Only songs that you save yourself, with a press. Nobody sees yours unless you share them.',
}

function progress(done: number, purpose: keyof typeof limits): Html {
  const more = purpose === 'saving' ? ' and add to them' : ''
  const discord = ['Discord says who you are', 'Only your name and id. No messages, no servers.'] as const
  return steps([discord, [`Spotify lets Hearsay read your liked songs${more}`, limits[purpose]]], done)
}

/** A numbered list; with `done` it shows how many of them are, and which is next. */
export function steps(all: readonly (readonly [Html | string, string])[], done?: number): Html {
  const items = all.map(([what, detail], index) => {
    const isDone = done !== undefined && index < done
    const state = isDone ? 'done' : index === done && 'now'
    return html`<li class="${state}">
      <span class="mark">${isDone ? '✓' : index + 1}</span><span>${what}<small>${detail}</small></span>
    </li>`
  })
  return html`<ol>
    ${items}
  </ol>`
}

/** A whole page around its content. */
export function document(title: string, content: Html, mood = ''): string {
  const page = html`<!doctype html>
    <html lang="en">
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
