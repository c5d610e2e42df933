import { policiesIn } from '../accounts/invitations.ts'
import type { Config } from '../config.ts'
import type { App } from '../context.ts'
import type { MessageKey, Translate } from '../i18n.ts'
import { document, html, rich, sentence, type Html } from './html.ts'

/** What this instance is and keeps, as far as its notices depend on it. */
type Facts = Pick<Config, 'operator' | 'policies' | 'libraryCacheHours' | 'store'>

/** What is stored about people here, why and for how long. PRIVACY.md has each record. */
export function privacyPage(t: Translate, { operator, libraryCacheHours, store }: Facts): string {
  const index = libraryCacheHours > 0 ? t('privacy.index', { count: libraryCacheHours }) : t('privacy.index.none')
  const named = operator.name === undefined ? t('privacy.operator.unknown') : undefined
  const links = {
    discord: html`<a href="https://discord.com/privacy">${t('privacy.policy.discord')}</a>`,
    spotify: html`<a href="https://www.spotify.com/legal/privacy-policy/">${t('privacy.policy.spotify')}</a>`,
  }
  const apps = html`<a href="https://www.spotify.com/account/apps/">${t('privacy.apps')}</a>`
  return document(
    t,
    t('privacy.title'),
    html`<h1>${t('privacy.heading')}</h1>
      <p>${named ?? rich(t, 'privacy.operator', { operator: nameOf(operator) })} ${contactOf(t, operator)}</p>
      <p>${t('privacy.why')}</p>
      <h2>${t('privacy.kept.title')}</h2>
      ${list([
        ...said(t, 'privacy.kept.account', 'privacy.kept.token'),
        sentence(index, t),
        ...said(t, 'privacy.kept.sharing', 'privacy.kept.roundups', 'privacy.kept.choices', 'privacy.kept.blocks'),
        ...said(t, 'privacy.kept.passing', 'privacy.kept.page'),
      ])}
      <h2>${t('privacy.where.title')}</h2>
      <p>${t('redisUrl' in store ? 'privacy.where.redis' : 'privacy.where.file')} ${t('privacy.where.others')}</p>
      <p>${rich(t, 'privacy.where.policies', links)}</p>
      <h2>${t('privacy.seen.title')}</h2>
      <p>${said(t, 'privacy.seen')}</p>
      <h2>${t('privacy.deleting.title')}</h2>
      <p>${said(t, 'privacy.deleting')} ${rich(t, 'privacy.deleting.apps', { apps })}</p>
      <p>${t('privacy.deleting.backups')}</p>
      <h2>${t('privacy.rights.title')}</h2>
      <p>${said(t, 'privacy.rights')}</p>
      <p>${t('privacy.incident')}</p>`,
    'text',
  )
}

/** What people agree to when they link, with what Spotify asks for in such an agreement. */
export function termsPage(t: Translate, { operator, policies }: Facts): string {
  const named = operator.name === undefined ? t('terms.between.unknown') : undefined
  const { privacy } = policyLinks(t, policies)
  return document(
    t,
    t('terms.title'),
    html`<h1>${t('terms.title')}</h1>
      <p>${named ?? rich(t, 'terms.between', { operator: nameOf(operator) })} ${contactOf(t, operator)}</p>
      <p>${said(t, 'terms.does')}</p>
      <h2>${t('terms.rules.title')}</h2>
      ${list([
        ...said(t, 'terms.rules.own', 'terms.rules.works', 'terms.rules.source'),
        ...said(t, 'terms.rules.copies', 'terms.rules.limits'),
      ])}
      <h2>${t('terms.warranty.title')}</h2>
      <p>${t('terms.warranty')}</p>
      <p>${t('terms.liability')}</p>
      <h2>${t('terms.spotify.title')}</h2>
      <p>${rich(t, 'terms.spotify', { privacy })}</p>
      <p>${t('terms.owners')}</p>
      <h2>${t('terms.end.title')}</h2>
      <p>${t('terms.end')}</p>`,
    'text',
  )
}

/** For a form that begins something. */
export function agreement(t: Translate, policies: App['policies']): Html {
  return html`<p class="quiet">${rich(t, 'policies.agree', policyLinks(t, policies))}</p>`
}

export function policyLinks(t: Translate, policies: App['policies']) {
  const { privacy, terms } = policiesIn(t.locale, policies)
  return {
    privacy: html`<a href="${privacy}">${t('policies.privacy')}</a>`,
    terms: html`<a href="${terms}">${t('policies.terms')}</a>`,
  }
}

function nameOf({ name }: Facts['operator']): Html {
  return html`<bdi>${name}</bdi>`
}

function contactOf(t: Translate, { contact }: Facts['operator']): Html {
  if (contact === undefined) return html`${t('policies.contact.unknown')}`
  const address = contact.includes('://') ? contact : `mailto:${contact}`
  return rich(t, 'policies.contact', { contact: html`<a href="${address}">${contact}</a>` })
}

function said(t: Translate, ...keys: readonly MessageKey[]): Html[] {
  return keys.map((key) => sentence(t(key), t))
}

function list(items: readonly Html[]): Html {
  return html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`
}
