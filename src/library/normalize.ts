// Accents and points of the scripts that are read without them, and characters that nobody sees or types.
// Japanese voicing and the signs of the Indic scripts make another word and stay.
const dropped =
  /[[[\p{M}&&[\p{sc=Zinh}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Arab}\p{sc=Hebr}]]--[\u3099\u309a]]\p{DI}\u0640'’‘ʼʻ`]/gv
const plain = /^[ -&(-_a-~]*$/
const spaces = /[\p{Z}\p{Cc}]+/gu
const edges = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu

/** Letters that have no accent to drop, or are one letter in a case that nobody types. */
const letters = { ı: 'i', ς: 'σ', ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't' }
const spelledOut: Readonly<Record<string, string>> = { ...letters, ß: 'ss', þ: 'th', æ: 'ae', œ: 'oe' }
const peculiar = new RegExp(`[${Object.keys(spelledOut).join('')}]`, 'g')

const longestQuery = 300

/** Text as it is compared: without accents, case, apostrophes and invisible characters, in any script. */
export function normalize(text: string): string {
  if (plain.test(text)) return text.toLowerCase().replace(/ {2,}/g, ' ').trim()
  return text
    .normalize('NFKD')
    .replace(dropped, '')
    .toLowerCase()
    .replace(peculiar, (letter) => spelledOut[letter] ?? letter)
    .normalize('NFC')
    .replace(spaces, ' ')
    .trim()
}

/** The normalized words of a query, without the punctuation around them unless it is all there is. */
export function wordsOf(query: string): string[] {
  const words = normalize(query.slice(0, longestQuery)).split(' ').filter(Boolean)
  const bare = words.map((word) => word.replace(edges, '')).filter(Boolean)
  return bare.length > 0 ? bare : words
}
