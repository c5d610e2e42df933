import type { AuthorizeRequest } from './authorize-request.ts'
import { scopes } from './scopes.ts'
import type { SpotifyAccount } from './spotify.ts'
import { pageStyle } from './style.ts'

interface Consent {
  readonly app: string
  /** Where the forms are posted. */
  readonly form: string
  readonly asking: AuthorizeRequest
  readonly accounts: readonly SpotifyAccount[]
  /** The account of the person at this browser, when that is known. */
  readonly account: SpotifyAccount | undefined
}

/** HTML that asks a person for consent; works without JavaScript. */
export function consentPage({ app, form, asking, accounts, account }: Consent): string {
  const others = accounts.filter((one) => one !== account)
  const permissions =
    asking.scopes.length > 0 ? asking.scopes.map((scope) => scopes[scope] ?? scope) : ['See your name']
  const choice = account
    ? `${accountChoice(account, true)}
      <details><summary>Use another account</summary>${others.map((one) => accountChoice(one, false)).join('')}</details>`
    : others.map((one) => accountChoice(one, false)).join('')
  return page(
    `Let ${app} in`,
    `<h1>${escapeHtml(app)} asks to connect to a Spotify account</h1>
    <form method="post" action="${escapeHtml(form)}" data-kind="primary">
      <fieldset><legend>${account ? 'You are logged in as' : 'Which account is yours?'}</legend>${choice}</fieldset>
      <h2>It would be able to</h2>
      <ul>${permissions.map((permission) => `<li>${escapeHtml(permission)}</li>`).join('')}</ul>
      <button name="decision" value="agree">Agree</button>
    </form>
    <form method="post" action="${escapeHtml(form)}">
      <button class="quiet" name="decision" value="cancel">Cancel</button>
    </form>
    <p class="small">You will be sent back to <b>${escapeHtml(new URL(asking.redirectUri).host)}</b>. The permission
      lasts six months.</p>`,
  )
}

/** HTML for a request that cannot be answered; `reason` in Spotify's words. */
export function refusalPage(reason: string): string {
  return page(
    'That did not work',
    `<h1>${escapeHtml(reason)}</h1><p>Nothing was connected. Go back and try again, or tell the person who runs the app.</p>`,
  )
}

function accountChoice({ id, name, about }: SpotifyAccount, chosen: boolean): string {
  return `<label class="account">
    <input type="radio" name="account" value="${escapeHtml(id)}" required${chosen ? ' checked' : ''}>
    <span class="letter" aria-hidden="true">${escapeHtml(Array.from(name)[0] ?? '?')}</span>
    <span><b>${escapeHtml(name)}</b><br><small>${escapeHtml(about ?? id)}</small></span>
  </label>`
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · the sandbox's Spotify</title>
<style>${pageStyle}</style>
</head>
<body>
<header class="place">The sandbox's Spotify <span>made up, and only on this computer</span></header>
<main>${content}</main>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
