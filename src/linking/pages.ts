import { modifyScope, playlistScope } from '../accounts/authorization.ts'
import { clientIdField, hintField, linkPath, ownField } from '../accounts/invitations.ts'
import type { App } from '../context.ts'
import { say, type Message, type Translate } from '../i18n.ts'
import { document, html, rich, sentence, type Html } from './html.ts'
import type { PageError } from './page-error.ts'
import { agreement } from './policy-pages.ts'

/** The pages of the link flow: whole documents, without scripts. Names are as their owners chose them. */

/** `permission`: what the person wants done needs it. */
export function startPage(
  t: Translate,
  hint: string,
  policies: App['policies'],
  permission: Permission = 'read',
): string {
  const [title, intro] = starts[permission]
  const own = `/link?${ownField}${hint && `&${hintField}=${hint}`}`
  return document(
    t,
    t(title),
    html`<h1>${t(title)}</h1>
      <p>${t(intro)}</p>
      ${progress(t, 0, permission)} ${startForm(t, hint, policies)}
      <p class="quiet">${rich(t, 'page.undo', { command: html`<code class="typed">/unlink</code>` })}</p>
      <p class="quiet">${rich(t, 'page.refused', { link: html`<a href="${own}">${t('page.ownApp')}</a>` })}</p>`,
  )
}

/** The form that begins a linking, through the person's own app where `clientId` is given. */
export function startForm(t: Translate, hint: string, policies: App['policies'], clientId?: string): Html {
  return html`<form method="post" action="${linkPath({ [hintField]: hint })}" class="primary">
    <input type="hidden" name="${hintField}" value="${hint}" />
    ${clientId !== undefined && html`<input type="hidden" name="${clientIdField}" value="${clientId}" />`}
    ${agreement(t, policies)}
    <button class="primary">${t('page.discord.submit')}</button>
  </form>`
}

/** `scope`: what Spotify is asked for. `clientId` is that of the person's own app. */
export function confirmPage(
  t: Translate,
  { name, display }: { readonly name: string; readonly display: string },
  formToken: string,
  { scope = [], clientId, policies }: ConfirmOptions,
): string {
  const own = clientId !== undefined && rich(t, 'page.confirm.ownApp', { clientId: html`<code>${clientId}</code>` })
  const which = display === name ? 'page.confirm' : 'page.confirm.named'
  return document(
    t,
    t('page.discord', { person: `@${name}` }),
    html`<h1>${rich(t, 'page.discord', { person: html`<bdi>@${name}</bdi>` })}</h1>
      <p>${rich(t, which, { display: html`<bdi>${display}</bdi>` })} ${own}</p>
      ${progress(t, 1, permissionIn(scope))}
      <form method="post" action="/link/confirm" class="primary">
        <input type="hidden" name="token" value="${formToken}" />
        ${agreement(t, policies)}
        <button class="primary">${t('page.spotify.submit')}</button>
      </form>
      <p class="quiet">${rich(t, 'page.notYou', { link: html`<a href="/link">${t('page.again')}</a>` })}</p>`,
  )
}

interface ConfirmOptions extends Pick<App, 'policies'> {
  readonly scope?: readonly string[] | undefined
  readonly clientId?: string | undefined
}

/** `outcome`: what became of what the person linked for. 0.1.0 has kept a sentence. `back`: to the message in Discord. */
export function donePage(
  t: Translate,
  person: string,
  spotifyName: string,
  { outcome, back }: DoneOptions = {},
): string {
  const { title, heading, rest, isDone } = headings(t, spotifyName, outcome)
  const names = {
    spotify: html`<strong dir="auto">${spotifyName}</strong>`,
    person: html`<strong dir="auto">@${person}</strong>`,
  }
  return document(
    t,
    title,
    html`<h1>${heading}</h1>
      ${rest && html`<p>${rest}</p>`} ${!isDone && html`<p>${rich(t, 'page.belongs', names)}</p>`}
      <p>${rich(t, 'page.back', { command: html`<code class="typed">/liked recent</code>` })}</p>
      ${back !== undefined && html`<a class="button" href="${back}">${t('page.toDiscord')}</a>`}
      <p class="quiet">${rich(t, 'page.private', { command: html`<code class="typed">/unlink</code>` })}</p>`,
    'good',
  )
}

interface DoneOptions {
  readonly outcome?: Message | string | undefined
  readonly back?: string | undefined
}

/** What the finished page is called and headed by, and what else became of it. */
function headings(t: Translate, spotifyName: string, outcome: Message | string | undefined) {
  const spotify = html`<bdi>${spotifyName}</bdi>`
  const linked = { title: t('page.done.title'), heading: rich(t, 'page.done', { spotify }), isDone: false }
  if (outcome === undefined) return { ...linked, rest: undefined }
  if (typeof outcome === 'string') return { ...linked, rest: sentence(outcome, t) }
  const { song, name = song } = outcome.values ?? {}
  const named = html`<bdi>${typeof name === 'object' && 'key' in name ? say(t, name) : String(name)}</bdi>`
  const done = { rest: undefined, isDone: true }
  if (outcome.key === 'save.done')
    return { ...done, title: t('page.saved.title'), heading: rich(t, 'page.saved', { song: named }) }
  if (outcome.key === 'page.playlist')
    return { ...done, title: t('page.playlist.title'), heading: rich(t, 'page.playlist', { name: named }) }
  return { ...linked, rest: sentence(say(t, outcome), t) }
}

/** With the way to a Spotify app of the person's own, where that may help. `back`: to the message in Discord. */
export function problemPage(
  t: Translate,
  problem: Omit<PageError, keyof Error | 'status' | 'origin'>,
  back?: string,
): string {
  const { again } = problem
  const own = html`<a href="${again}${again.includes('?') ? '&' : '?'}${ownField}">${t('page.offer.link')}</a>`
  return document(
    t,
    t(problem.title),
    html`<h1>${t(problem.title)}</h1>
      <p>${sentence(say(t, problem), t)}</p>
      ${problem.offerOwnApp && html`<p>${rich(t, 'page.offer', { link: own })}</p>`}
      <a class="button" href="${again}">${t('page.again')}</a>
      ${back !== undefined && html`<p class="quiet"><a href="${back}">${t('page.toDiscord')}</a></p>`}`,
    // Who cancels gets what they wanted.
    problem.key === 'problem.cancelled' ? '' : 'bad',
  )
}

/** What Spotify is asked to let me do, and what I do with it. */
const permissions = {
  read: ['page.spotify.read', 'page.spotify.read.only'],
  save: ['page.spotify.save', 'page.spotify.save.only'],
  playlist: ['page.spotify.playlist', 'page.spotify.playlist.only'],
  all: ['page.spotify.all', 'page.spotify.all.only'],
} as const

type Permission = keyof typeof permissions

/** What the first page is called, and what it says. */
const starts = {
  read: ['page.start', 'page.intro'],
  save: ['page.start.save', 'page.intro.save'],
  playlist: ['page.start.playlist', 'page.intro.playlist'],
  all: ['page.start', 'page.intro'],
} as const

function permissionIn(scope: readonly string[]): Permission {
  const makesPlaylists = scope.includes(playlistScope)
  if (scope.includes(modifyScope)) return makesPlaylists ? 'all' : 'save'
  return makesPlaylists ? 'playlist' : 'read'
}

function progress(t: Translate, done: number, permission: Permission): Html {
  const [what, only] = permissions[permission]
  const discord = [t('page.discord.step'), t('page.discord.name')] as const
  return steps([discord, [t(what), t(only)]], done)
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
