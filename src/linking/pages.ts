import { clientIdField, hintField, ownField } from '../accounts/invitations.ts'
import { say, type Translate } from '../i18n.ts'
import { document, html, rich, stripMarkdown, type Html } from './html.ts'
import type { PageError } from './page-error.ts'

/** The pages of the link flow: whole documents, without scripts. Names are as their owners chose them. */

export function startPage(t: Translate, hint: string): string {
  const own = `/link?${ownField}${hint && `&${hintField}=${hint}`}`
  return document(
    t,
    t('page.start'),
    html`<h1>${t('page.start')}</h1>
      <p>${t('page.intro')}</p>
      ${progress(t, 0, 'asked')} ${startForm(t, hint)}
      <p class="quiet">${rich(t, 'page.undo', { command: html`<code>/unlink</code>` })}</p>
      <p class="quiet">${rich(t, 'page.refused', { link: html`<a href="${own}">${t('page.ownApp')}</a>` })}</p>`,
  )
}

/** The form that begins a linking, through the person's own app where `clientId` is given. */
function startForm(t: Translate, hint: string, clientId?: string): Html {
  return html`<form method="post" action="/link" class="primary">
    <input type="hidden" name="${hintField}" value="${hint}" />
    ${clientId !== undefined && html`<input type="hidden" name="${clientIdField}" value="${clientId}" />`}
    <button class="primary">${t('page.discord.submit')}</button>
  </form>`
}

/** The guide to a Spotify app of one's own, which has to name `redirectUri`. Without a Client ID it asks for one. */
export function ownAppPage(t: Translate, hint: string, redirectUri: string, clientId: string | undefined): string {
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
      ${clientId === undefined ? askFor(t, hint) : [given, startForm(t, hint, clientId)]}
      <p class="quiet">${t('page.ownApp.others')}</p>
      <p class="quiet"><a href="/link${hint && `?${hintField}=${hint}`}">${t('page.ownApp.without')}</a></p>`,
  )
}

function askFor(t: Translate, hint: string): Html {
  return html`<form method="get" action="/link">
    ${hint && html`<input type="hidden" name="${hintField}" value="${hint}" />`}
    <label for="client-id">${t('page.clientId')}</label>
    <input
      id="client-id"
      name="${clientIdField}"
      required
      maxlength="64"
      pattern="\\s*[0-9A-Fa-f]{32}\\s*"
      title="${t('page.clientId.shape')}"
      autocomplete="off"
      spellcheck="false"
    />
    <button>${t('page.clientId.use')}</button>
  </form>`
}

/** `saving`: Spotify is asked to let songs be added as well. `clientId` is that of the person's own app. */
export function confirmPage(
  t: Translate,
  { name, display }: { readonly name: string; readonly display: string },
  formToken: string,
  { saving = false, clientId }: { saving?: boolean; clientId?: string | undefined } = {},
): string {
  const own = clientId !== undefined && rich(t, 'page.confirm.ownApp', { clientId: html`<code>${clientId}</code>` })
  const which = display === name ? 'page.confirm' : 'page.confirm.named'
  return document(
    t,
    t('page.discord', { person: `@${name}` }),
    html`<h1>${rich(t, 'page.discord', { person: html`<bdi>@${name}</bdi>` })}</h1>
      <p>${rich(t, which, { display: html`<bdi>${display}</bdi>` })} ${own}</p>
      ${progress(t, 1, saving ? 'saving' : 'reading')}
      <form method="post" action="/link/confirm" class="primary">
        <input type="hidden" name="token" value="${formToken}" />
        <button class="primary">${t('page.spotify.submit')}</button>
      </form>
      <p class="quiet">${rich(t, 'page.notYou', { link: html`<a href="/link">${t('page.again')}</a>` })}</p>`,
  )
}

/** `saved`: what became of the song for which the person linked. */
export function donePage(
  t: Translate,
  person: string,
  spotifyName: string,
  { saving = false, saved = '' } = {},
): string {
  const names = {
    spotify: html`<strong dir="auto">${spotifyName}</strong>`,
    person: html`<strong dir="auto">@${person}</strong>`,
  }
  return document(
    t,
    t('page.done.title'),
    html`<h1>${rich(t, 'page.done', { spotify: html`<bdi>${spotifyName}</bdi>` })}</h1>
      <p>${rich(t, 'page.belongs', names)}</p>
      ${progress(t, 2, saving ? 'saving' : 'reading')} ${saved && html`<p>${saved}</p>`}
      <p>${rich(t, 'page.back', { command: html`<code>/liked recent</code>` })}</p>
      <p class="quiet">${rich(t, 'page.private', { command: html`<code>/unlink</code>` })}</p>`,
    'good',
  )
}

/** With the way to a Spotify app of the person's own, where that may help. */
export function problemPage(t: Translate, problem: Omit<PageError, keyof Error | 'status'>): string {
  const own = html`<a href="/link?${ownField}">${t('page.offer.link')}</a>`
  return document(
    t,
    t(problem.title),
    html`<h1>${t(problem.title)}</h1>
      <p>${stripMarkdown(say(t, problem), t)}</p>
      ${problem.offerOwnApp && html`<p>${rich(t, 'page.offer', { link: own })}</p>`}
      <a class="button" href="/link">${t('page.again')}</a>`,
    'bad',
  )
}

const limits = { asked: 'page.asked', reading: 'page.reading', saving: 'page.saving' } as const

function progress(t: Translate, done: number, purpose: keyof typeof limits): Html {
  const spotify = t(purpose === 'saving' ? 'page.spotify.save' : 'page.spotify.read')
  const discord = [t('page.discord.step'), t('page.discord.name')] as const
  return steps([discord, [spotify, t(limits[purpose])]], done)
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
