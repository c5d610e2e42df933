import { clientIdField, hintField, linkPath, localeField } from '../accounts/invitations.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import { document, html, rich, type Html } from './html.ts'
import { startForm, steps } from './pages.ts'

interface Given extends Pick<App, 'policies'> {
  readonly clientId: string | undefined
  /** What was typed and is none. */
  readonly refused?: string | undefined
  /** To the message in Discord. */
  readonly back?: string | undefined
}

/** The guide to a Spotify app of one's own, which has to name `redirectUri`. Without a Client ID it asks for one. */
export function ownAppPage(
  t: Translate,
  hint: string,
  redirectUri: string,
  { clientId, refused, back, policies }: Given,
): string {
  const given = html`<p>${rich(t, 'page.clientId.given', { clientId: html`<code>${clientId}</code>` })}</p>`
  const dashboard = html`<a href="https://developer.spotify.com/dashboard">${t('page.ownApp.dashboard')}</a>`
  return document(
    t,
    t('page.ownApp.title'),
    html`<h1>${t('page.ownApp.heading')}</h1>
      <p>${t('page.ownApp.five')}</p>
      ${steps([
        [rich(t, 'page.ownApp.create', { link: dashboard }), t('page.ownApp.login')],
        [rich(t, 'page.ownApp.address', { address: html`<code>${redirectUri}</code>` }), t('page.ownApp.add')],
        [t('page.ownApp.tick'), t('page.ownApp.nothingElse')],
        [t('page.ownApp.copy'), t('page.ownApp.copy.only')],
      ])}
      <p class="quiet">${t('page.ownApp.secret')}</p>
      ${clientId === undefined ? askFor(t, hint, refused) : [given, startForm(t, hint, policies, clientId)]}
      <p class="quiet">${t('page.ownApp.others')}</p>
      <p class="quiet">
        <a href="${linkPath({ [hintField]: hint, [localeField]: t.locale })}">${t('page.ownApp.without')}</a>
      </p>
      ${back !== undefined && html`<p class="quiet"><a href="${back}">${t('page.toDiscord')}</a></p>`}`,
  )
}

function askFor(t: Translate, hint: string, refused: string | undefined): Html {
  return html`<form method="get" action="/link" class="${refused !== undefined && 'primary'}">
    ${hint && html`<input type="hidden" name="${hintField}" value="${hint}" />`}
    <label for="client-id">${t('page.clientId')}</label>
    <input
      id="client-id"
      name="${clientIdField}"
      required
      maxlength="64"
      value="${refused}"
      aria-invalid="${String(refused !== undefined)}"
      aria-describedby="client-id-shape"
      pattern="\\s*[0-9A-Fa-f]{32}\\s*"
      title="${t('page.clientId.shape')}"
      autocomplete="off"
      spellcheck="false"
    />
    <p id="client-id-shape" class="${refused === undefined ? 'quiet' : 'wrong'}">
      ${t(refused === undefined ? 'page.clientId.shape' : 'link.clientId')}
    </p>
    <button>${t('page.clientId.use')}</button>
  </form>`
}
