import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Languages that nobody speaks: one that is longer and full of accents, and one that is written from right to left. */
export const pseudoLocales = ['en-XA', 'ar-XB'] as const

const accents: Readonly<Record<string, string>> = {
  ...{ a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'î', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ' },
  ...{ n: 'ñ', o: 'ö', p: 'þ', q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'û', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž' },
}
const shipped = new URL('../locales/', import.meta.url)

/** The languages that the program speaks. */
export async function namesOfLocales(): Promise<string[]> {
  return (await readdir(shipped)).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []))
}

/** What is the same in every language: places for values, commands, markdown, mentions, links and line breaks. */
const fixed = /\{\{[^}]*\}\}|`[^`]*`|OPEN SPOTIFY|https?:\/\/\S+|<[^>]*>|[*_#\n]+|-# /g

/** Makes words of that language out of English ones. */
function pseudo(locale: (typeof pseudoLocales)[number], text: string): string {
  if (text === 'OPEN SPOTIFY') return text
  const parts = text.split(fixed)
  const kept = text.match(fixed) ?? []
  const written = parts.map(
    (part, index) => (locale === 'en-XA' ? accented(part) : mirrored(part)) + (kept[index] ?? ''),
  )
  return locale === 'en-XA' ? `[${written.join('')}${'·'.repeat(Math.round(text.length * 0.4))}]` : written.join('')
}

function accented(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const made = accents[letter.toLowerCase()] ?? letter
    return letter === letter.toLowerCase() ? made : made.toUpperCase()
  })
}

/** Between marks that have it read from right to left. */
function mirrored(text: string): string {
  return text.replace(/[\p{L}\p{N}’']+/gu, (word) => `\u202E${word}\u202C`)
}

/** Writes their files into a folder, for LOCALES_DIR. */
export async function writePseudoLocales(folder: string): Promise<void> {
  const english = JSON.parse(await readFile(new URL('en-US.json', shipped), 'utf8')) as object
  await mkdir(folder, { recursive: true })
  for (const locale of pseudoLocales) {
    const words = Object.entries(english).map(([key, text]) => [key, shortened(pseudo(locale, String(text)), key)])
    const all = [...words, ...(locale === 'ar-XB' ? words.flatMap(arabicForms) : [])]
    await writeFile(join(folder, `${locale}.json`), JSON.stringify(Object.fromEntries(all)))
  }
}

/** Discord refuses longer descriptions, and labels. */
function shortened(text: string, key: string): string {
  const most = /^(?:command|option|choice)\b/.test(key) ? 100 : /^pages\.(?:title|field)/.test(key) ? 45 : text.length
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** Arabic has six plural forms. */
function arabicForms([key = '', text = '']: string[]): string[][] {
  const [, whole] = /^(.*)_other$/.exec(key) ?? []
  return whole === undefined ? [] : ['zero', 'two', 'few', 'many'].map((form) => [`${whole}_${form}`, text])
}
