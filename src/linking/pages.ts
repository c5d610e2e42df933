import { clientIdField, hintField, ownField } from '../accounts/invitations.ts'
import { document, html, type Html } from './html.ts'

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
function startForm(hint: string, clientId?: string): Html {
  return html`<form method="post" action="/link" class="primary">
    <input type="hidden" name="${hintField}" value="${hint}" />
    ${clientId !== undefined && html`<input type="hidden" name="${clientIdField}" value="${clientId}" />`}
    <button class="primary">Continue with Discord</button>
  </form>`
}

/** The guide to a Spotify app of one's own, which has to name `redirectUri`. Without a Client ID it asks for one. */
export function ownAppPage(hint: string, redirectUri: string, clientId: string | undefined): string {
  const given = html`<p>
    The Client ID that you gave is <code>${clientId}</code>. Nothing happens until you continue.
  </p>`
  return document(
    'Your own Spotify app',
    html`<h1>Link through your own Spotify app</h1>
      <p>
        Spotify lets only five people use an app like this one. With an app of your own you need nobody’s permission,
        and it takes five minutes.
      </p>
      ${steps([
        [
          html`Open the ${dashboard} and create an app`,
          'Log in with your Spotify account. Any name and description will do.',
        ],
        [html`Paste <code>${redirectUri}</code> as its Redirect URI`, 'Exactly as it stands here, then “Add”.'],
        ['Tick “Web API” and save', 'Nothing else is needed.'],
        ['Copy the Client ID', 'Not the secret: keep that one to yourself.'],
      ])}
      ${clientId === undefined ? askFor(hint) : [given, startForm(hint, clientId)]}
      <p class="quiet">
        Your app, too, lets in five people at most, and Spotify wants whoever owns it to have Premium. To link an
        account that is not its owner’s, add that account’s email address under “User Management” first.
      </p>
      <p class="quiet"><a href="/link${hint && `?${hintField}=${hint}`}">Link without an app of your own</a></p>`,
  )
}

const dashboard = html`<a href="https://developer.spotify.com/dashboard">Spotify dashboard</a>`

function askFor(hint: string): Html {
  return html`<form method="get" action="/link">
    ${hint && html`<input type="hidden" name="${hintField}" value="${hint}" />`}
    <label for="client-id">Client ID of your app</label>
    <input
      id="client-id"
      name="${clientIdField}"
      required
      maxlength="64"
      pattern="\\s*[0-9A-Fa-f]{32}\\s*"
      title="32 characters, 0 to 9 and a to f"
      autocomplete="off"
      spellcheck="false"
    />
    <button>Use this app</button>
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
      <a class="button" href="/link">Start again</a>`,
    'bad',
  )
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
function steps(all: readonly (readonly [Html | string, string])[], done?: number): Html {
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
