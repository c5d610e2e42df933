import { readdirSync, readFileSync } from 'node:fs'

/** The words of a language cannot be used; its message says what to do. */
export class LocaleError extends Error {}

/** Texts by key, with i18next's suffixes for plurals. */
export type Words = Readonly<Record<string, string>>

/** Where the words of languages are found: in a file each, later folders first. */
export interface LocaleFiles {
  /** Files of the operator's folder that end in `.json`, by the part before it; whatever it is. */
  readonly own: readonly string[]
  /** Discord's names of the languages, as `pt-BR`. */
  readonly names: readonly string[]
  /** None for a language without a file. Throws LocaleError for a file that cannot be used. */
  read(locale: string): Words
}

const ours = new URL('../locales/', import.meta.url)

/** @param more the path of a folder with further languages, or other words for the same ones */
export function findLocaleFiles(more?: string): LocaleFiles {
  const folders = [ours, ...(more === undefined ? [] : [`${more}/`])]
  const files = folders.map((folder) => ({ folder, names: namesIn(folder) }))
  return {
    own: more === undefined ? [] : jsonFilesIn(`${more}/`),
    names: [...new Set(files.flatMap(({ names }) => names))].toSorted(),
    read(locale) {
      const found = files.filter(({ names }) => names.includes(locale))
      const [words = {}, ...more] = found.map(({ folder }) => wordsIn(folder, locale))
      return Object.assign(words, ...more) as Words
    },
  }
}

function namesIn(folder: URL | string): string[] {
  return jsonFilesIn(folder).filter((name) => /^[a-z]{2,3}(?:-[A-Za-z\d]{2,4})*$/.test(name))
}

function jsonFilesIn(folder: URL | string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => /^(.+)\.json$/i.exec(file)?.[1] ?? [])
  } catch (cause) {
    const which = folder === ours ? 'The folder locales of this program' : 'The folder that LOCALES_DIR names'
    throw new LocaleError(`${which} cannot be read: check its path and permissions.`, { cause })
  }
}

function wordsIn(folder: URL | string, locale: string): Words {
  const name = `${locale}.json`
  const isOurs = typeof folder !== 'string'
  try {
    const words: unknown = JSON.parse(readFileSync(isOurs ? new URL(name, folder) : folder + name, 'utf8'))
    if (!isWords(words)) throw new TypeError('Not every value is a text')
    return words
  } catch (cause) {
    const which = isOurs ? `locales/${name} of this program` : `${folder}${name}, in LOCALES_DIR,`
    throw new LocaleError(`${which} is no JSON object of texts: correct it, or remove it.`, { cause })
  }
}

function isWords(words: unknown): words is Words {
  const isObject = typeof words === 'object' && words !== null && !Array.isArray(words)
  return isObject && Object.values(words).every((text) => typeof text === 'string')
}

/** The language that fits best what somebody reads, by BCP 47 tags, the dearest first; undefined where none does. */
export function matchLocale(names: readonly string[], tags: readonly string[]): string | undefined {
  const known = names.map((name) => ({ name, ...partsOf(name) }))
  for (const tag of tags) {
    const exact = names.find((name) => name.toLowerCase() === tag.toLowerCase())
    if (exact !== undefined) return exact
    const { language, script, region } = partsOf(tag)
    const same = known.filter((one) => one.language === language && one.script === script)
    // Who reads Spanish and is not in Spain reads that of America.
    const home = same.find((one) => one.region === partsOf(language).region)
    const found = same.find((one) => one.region === region) ?? same.find((one) => one !== home) ?? home
    if (found) return found.name
  }
  return undefined
}

function partsOf(tag: string): { language: string; script: string | undefined; region: string | undefined } {
  try {
    const { language, script, region } = new Intl.Locale(tag).maximize()
    return { language, script, region }
  } catch {
    return { language: '', script: undefined, region: undefined }
  }
}
