import { ComponentType } from 'discord.js'
import type { ComponentInteraction, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Languages, Translate } from '../i18n.ts'
import type { Schedule } from '../roundups/roundups.ts'
import { nested, row, type ActionRow } from './components.ts'
import { inviteId } from './roundup-id.ts'
import { languageId, type Around } from './roundup-layout.ts'
import { roundupAtPage } from './roundup-messages.ts'
import { checkManages } from './roundup-settings.ts'

const shape = new RegExp(`^${languageId}(\\d{17,20})$`)

/** A select of all languages, where there are several: in which one the roundups of a schedule are posted. */
export function languageSelect(languages: Languages, { channel, locale = '' }: Schedule, t: Translate): ActionRow[] {
  const { names } = languages
  if (names.length < 2) return []
  const chosen = languages.memo(locale).locale
  const options = names.slice(0, 25).map((value) => ({ label: nameOf(value), value, default: value === chosen }))
  const select = { type: ComponentType.StringSelect, custom_id: languageId + channel, options } as const
  return [row({ ...select, placeholder: t('schedule.language') })]
}

/** Of a language, as those who speak it say. */
function nameOf(locale: string): string {
  const name = new Intl.DisplayNames(locale, { type: 'language', languageDisplay: 'standard' }).of(locale) ?? locale
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
}

/** Has the roundups of a schedule posted in the language that was chosen, and shows the one above so; undefined for others. */
export async function pressedLanguage(
  interaction: ComponentInteraction,
  app: App,
  server: string,
  around: Around,
  t: Translate,
): Promise<Reply | undefined> {
  const [, channel] = shape.exec(interaction.customId) ?? []
  if (channel === undefined || !interaction.isStringSelectMenu()) return undefined
  checkManages(interaction)
  const [locale = ''] = interaction.values
  if (!app.languages.names.includes(locale)) throw new UserError('roundup.fresh')
  const schedule = await app.roundups.setLocale(server, channel, locale)
  if (!schedule) throw new UserError('schedule.noneThere', { channel: `<#${channel}>` })
  const [select] = languageSelect(app.languages, schedule, t)
  const others = rowsOf(interaction, around).filter(
    ({ components }) => !JSON.stringify(components).includes(languageId),
  )
  const below = [...(select ? [select] : []), ...others]
  const components = interaction.message.components.map((component) => component.toJSON())
  const shown = JSON.stringify(components.flatMap(nested)).match(new RegExp(`"${inviteId}([\\w-]+)"`))?.[1]
  if (shown === undefined) return { kind: 'update', content: interaction.message.content, components: below }
  return roundupAtPage(app, server, shown, 1, t, { ...around, below })
}

/** The rows of a message: of one without a card all that it has. */
function rowsOf({ message }: ComponentInteraction, { below }: Around): readonly ActionRow[] {
  return (
    below ??
    (message?.components ?? []).map((one) => one.toJSON()).filter((one) => one.type === ComponentType.ActionRow)
  )
}
