import { createInstance } from 'i18next'
import { LRUCache } from 'lru-cache'
import enUS from '../locales/en-US.json' with { type: 'json' }
import { findLocaleFiles, LocaleError, matchLocale, type Words } from './locale-files.ts'

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
  /** Discord's name of the language, which is a BCP 47 tag. */
  readonly locale: string
  /** In which it is written. */
  readonly direction: 'ltr' | 'rtl'
  /** A whole number as it is written there. */
  readonly number: (value: number) => string
  /** A command as it is typed, without its slash: to be clicked where Discord has told its id. */
  readonly command: (typed: string) => string
  /** What is said of a command, an option or a choice, by its key; nothing where there are no words for it. */
  readonly describe: (key: string) => string
}

/** The ids that Discord has given the commands, by name. */
type CommandIds = Readonly<Record<string, string>>

/** By Discord's names for languages, each loaded when it is first needed. For one without words, the fallback. */
export type Languages = ReturnType<typeof createLanguages>

export const defaultLocale = 'en-US'

/** What other languages than English say, by their names. */
export type OtherWords = (key: string) => Words

interface LanguageOptions {
  /** Where somebody reads a language that there are no words for. */
  readonly fallback?: string
  /** A folder with further languages. */
  readonly folder?: string | undefined
}

/** Throws LocaleError where there are no words for the fallback. */
export function createLanguages({ fallback = defaultLocale, folder }: LanguageOptions = {}) {
  const files = findLocaleFiles(folder)
  const { names } = files
  if (!names.includes(fallback))
    throw new LocaleError(`DEFAULT_LOCALE names a language that I have no words for. I have ${names.join(', ')}.`)
  let commandIds: CommandIds = {}
  const languages: LRUCache<string, Translate> = new LRUCache<string, Translate>({
    max: 100,
    memoMethod: (locale): Translate =>
      names.includes(locale) ? createTranslate(locale, files.read(locale), commandIds) : languages.memo(fallback),
  })
  return Object.assign(languages, {
    names,
    /** The one that fits best what somebody reads, by BCP 47 tags, the dearest first; the fallback where none does. */
    match: (tags: readonly string[]): Translate => languages.memo(matchLocale(names, tags) ?? fallback),
    /** Gives what each language but English says of a command, an option or a choice. Throws LocaleError for a file that cannot be used. */
    others(): OtherWords {
      const all = names.map((name) => [name, files.read(name)] as const)
      const others = all.filter(([name]) => name !== defaultLocale)
      return (key) => Object.fromEntries(others.flatMap(([name, words]) => (words[key] ? [[name, words[key]]] : [])))
    },
    /** What has no effect in the operator's folder, as sentences. `known`: Discord's names of languages. */
    withoutEffect(known: readonly string[]): string[] {
      return files.own.flatMap((name) => {
        // Regions from XA to XZ are nobody's: such languages are made to test with.
        const isMeant = known.includes(name) || name === fallback || /-X[A-Z]$/.test(name)
        if (!names.includes(name) || !isMeant)
          return `${name}.json in LOCALES_DIR has no name that Discord has for a language, as de or pt-BR, so nobody reads it in the chat: rename it, or remove it.`
        const unknown = Object.keys(files.read(name)).filter((key) => !isKey(key))
        if (unknown.length === 0) return []
        const more = unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''
        return `${name}.json in LOCALES_DIR has keys that mean nothing (${unknown.slice(0, 3).join(', ')}${more}): compare them with locales/${defaultLocale}.json.`
      })
    },
    /** From here on the commands in sentences can be clicked. */
    setCommandIds(ids: CommandIds): void {
      commandIds = ids
      languages.clear()
    },
  })
}

/** What is typed, in the form that sentences have it in. */
const typedCommand = /`\/([a-z-]+(?: [a-z-]+)*)`/g

/** i18next finds the text, by plural and, key by key, in English; what is put in is ours, which a page needs ten times. */
function createTranslate(locale: string, words: Words, commandIds: CommandIds): Translate {
  const i18n = createInstance()
  const resources = { [defaultLocale]: { translation: enUS }, [locale]: { translation: words } }
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
  const said = (key: string): string => words[key] || describe(key)
  const { direction = 'ltr' } = new Intl.Locale(locale).getTextInfo()
  return Object.assign(translate, { locale, direction, number: formats.number, command, describe: said })
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

/** Whether anything is said under this key; other languages have other plural forms. */
function isKey(key: string): boolean {
  const plural = key.replace(/_(?:zero|one|two|few|many|other)$/, '_other')
  return Object.hasOwn(enUS, key) || Object.hasOwn(enUS, plural)
}

/** What is said of a command, an option or a choice in English; nothing where there are no words for it. */
export function describe(key: string): string {
  return Object.hasOwn(enUS, key) ? String(Reflect.get(enUS, key)) : ''
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
