import { linkPath, localeField } from '../accounts/invitations.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import { document, html, rich, sentence } from './html.ts'
import { policyLinks } from './policy-pages.ts'

const topics = ['link', 'liked', 'roundup', 'account', 'unlink', 'help'] as const

/** What this is, for somebody who comes by; `locale`: the language that its address names. */
export function homePage(t: Translate, policies: App['policies'], locale?: string): string {
  const commands = topics.map((name) => {
    return html`<li>
      <span><code>/${name}</code><small>${t(`command.${name}`)}</small></span>
    </li>`
  })
  return document(
    t,
    t('page.home'),
    html`<h1>${t('page.home')}</h1>
      <p>${t('help.intro')} ${t('page.home.commands')}</p>
      <ul>
        ${commands}
      </ul>
      <h2>${t('privacy.seen.title')}</h2>
      <p>${sentence(t('privacy.seen'), t)}</p>
      <p>${rich(t, 'page.home.stop', { command: html`<code class="typed">/unlink</code>` })}</p>
      <a class="button" href="${linkPath({ [localeField]: locale })}">${t('page.start')}</a>
      <p class="quiet">${rich(t, 'page.home.about', policyLinks(t, policies))}</p>`,
  )
}
