import { createInstance } from 'i18next'
import { LRUCache } from 'lru-cache'
import enUS from '../locales/en-US.json' with { type: 'json' }

type LocaleKey = keyof typeof enUS

/** What can be said: a key of `locales/en-US.json`, one for all plural forms. */
export type MessageKey = LocaleKey extends infer Key
  ? Key extends `${infer Whole}_${'one' | 'other'}`
    ? Whole
    : Key
  : never

/** What is put in, by placeholder. `count` decides the plural form. Texts from outside are to be safe where they land. */
type Values = Readonly<Record<string, string | number | Date | readonly string[]>>

/** Something to say, in whatever language it will be read. */
export interface Message {
  readonly key: MessageKey
  readonly values?: Readonly<Record<string, Values[string] | Message>> | undefined
}

/** Says things in one language; what that language lacks in English. */
export interface Translate {
  (key: MessageKey, values?: Values): string
  /** A BCP 47 tag, for `Intl`. */
  readonly locale: string
  /** A whole number as it is written there. */
  readonly number: (value: number) => string
  /** A command as it is typed, without its slash: to be clicked where Discord has told its id. */
  readonly command: (typed: string) => string
}

/** The ids that Discord has given the commands, by name. */
type CommandIds = Readonly<Record<string, string>>

/** By Discord's names for languages. For one without words, the default language. */
export type Languages = ReturnType<typeof createLanguages>

export const defaultLocale = 'en-US'

export function createLanguages() {
  let commandIds: CommandIds = {}
  const languages: LRUCache<string, Translate> = new LRUCache<string, Translate>({
    max: 100,
    memoMethod: (locale): Translate =>
      typeof locale === 'string' && Object.hasOwn(words, locale)
        ? createTranslate(locale, commandIds)
        : languages.memo(defaultLocale),
  })
  return Object.assign(languages, {
    /** From here on the commands in sentences can be clicked. */
    setCommandIds(ids: CommandIds): void {
      commandIds = ids
      languages.clear()
    },
  })
}

const words: Readonly<Record<string, Readonly<Record<LocaleKey, string>>>> = { [defaultLocale]: enUS }

/** What is typed, in the form that sentences have it in. */
const typedCommand = /`\/([a-z-]+(?: [a-z-]+)*)`/g

/** i18next finds the text, by plural and, key by key, in English; what is put in is ours, which a page needs ten times. */
function createTranslate(locale: string, commandIds: CommandIds): Translate {
  const i18n = createInstance()
  const resources = Object.fromEntries(Object.entries(words).map(([one, translation]) => [one, { translation }]))
  // Keys have dots in them.
  const asTheyAre = { keySeparator: false, nsSeparator: false, skipInterpolation: true } as const
  void i18n.init({ lng: locale, fallbackLng: defaultLocale, resources, initAsync: false, ...asTheyAre })
  const plurals = new Intl.PluralRules(locale)
  const formats = formatsOf(locale)
  /** Of each text what is between its places, each with its name and format behind it. */
  const texts = new Map<string, readonly string[]>()
  const command = (typed: string): string => {
    const id = commandIds[typed.split(' ', 1)[0] ?? '']
    return id === undefined ? `\`/${typed}\`` : `</${typed}:${id}>`
  }

  const translate = (key: MessageKey, values: Values = {}): string => {
    const { count } = values
    const form = typeof count === 'number' ? `${key} ${plurals.select(count)}` : key
    let text = texts.get(form)
    if (!text) {
      // In the words alone: what is put into them keeps the form that it has.
      const linked = i18n.t(key, { ...asTheyAre, count }).replace(typedCommand, (_, typed: string) => command(typed))
      text = linked.split(/\{\{(\w+)(?:, (\w+))?\}\}/)
      texts.set(form, text)
    }
    let said = text[0] ?? ''
    for (let place = 1; place < text.length; place += 3)
      said += `${formats(text[place + 1], values[text[place] ?? ''] ?? '')}${text[place + 2]}`
    return said
  }
  return Object.assign(translate, { locale, number: formats.number, command })
}

/** Writes a value as a text says: `{{count, number}}`, `{{names, list}}`, `{{day, weekday}}`, `{{at, time}}`. */
function formatsOf(locale: string) {
  const { format: number } = new Intl.NumberFormat(locale)
  const lists = new Intl.ListFormat(locale)
  const day = { weekday: 'long', timeZone: 'UTC' } as const
  const time = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  const write = (format: string | undefined, value: Values[string]): string => {
    if (value instanceof Date) return value.toLocaleString(locale, format === 'weekday' ? day : time)
    if (typeof value === 'object') return lists.format(value)
    return typeof value === 'number' && format === 'number' ? number(value) : String(value)
  }
  return Object.assign(write, { number })
}

/** What is said of a command or an option, by its key; nothing where there are no words for it. */
export function describe(key: string, locale = defaultLocale): string {
  const said = Object.hasOwn(words, locale) ? Reflect.get(words[locale] ?? {}, key) : undefined
  return typeof said === 'string' ? said : locale === defaultLocale ? '' : describe(key)
}

/** What the message says, with the messages in it. */
export function say(t: Translate, { key, values = {} }: Message): string {
  const said = Object.entries(values).map(([name, value]) => {
    return [name, isMessage(value) ? say(t, value) : value] as const
  })
  return t(key, Object.fromEntries(said))
}

function isMessage(value: Values[string] | Message): value is Message {
  return typeof value === 'object' && 'key' in value
}
