import { html, type Html } from './html.ts'
import { clientIdField, hintField } from '../accounts/invitations.ts'
import { document, startForm, steps } from './pages.ts'

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
