import { graphemes, oneLine } from './graphemes.ts'

// In the text of a masked link Discord shows backslashes instead of obeying them, and drops format characters
// (U+200B and its like) before it looks for addresses. So whatever an invisible character can take apart is
// taken apart by this variation selector, which survives and shows nothing after such characters; a backslash
// is left for the marks that act alone.
const wedge = '\uFE0E'
const actsAlone = /[\\*_`]/g
const actsTogether = new RegExp(
  [
    /(?<=^(?:#{1,3}|-#|>|>>>|[-+]|\d+\.))(?= |$)/, // headings, small print, quotes, lists
    /(?<=<)(?=\S)/, // mentions, times, custom emoji, commands, addresses
    /(?<=@)(?=everyone|here)/,
    /(?<=\])(?=\()/,
    /(?<=:)(?=\/|[\w+-]+:)/, // addresses with a scheme, emoji by name
    /(?<=discord(?:app)?\.)(?=[a-z])/, // invites need no scheme
    /(?<=~)(?=~|$)|(?<=\|)(?=\||$)/, // also at the end, where another text may go on with the same
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'gi',
)

/**
 * Text from outside for a place with markdown, the text of a link included: nothing in it formats, links,
 * mentions or pings, and the reader sees its own characters (a bracket without its partner, which would break
 * a link around it, as a wide one). At most `max` UTF-16 units, escapes included; '' when nothing is legible.
 */
export function sanitize(text: string, max: number): string {
  const apart = oneLine(text).replace(actsTogether, wedge)
  return pairBrackets(cut(apart, max, (part) => part.replace(actsAlone, '\\$&')))
}

/** Text from outside for a place without markdown: author lines, footers, dialog titles. Same length rule. */
export function plainText(text: string, max: number): string {
  return cut(oneLine(text), max, (part) => part)
}

function cut(text: string, max: number, written: (part: string) => string): string {
  const uncut = written(text)
  if (uncut.length <= max) return uncut
  let whole = ''
  let withRoom = ''
  for (const grapheme of graphemes(text)) {
    const next = whole + written(grapheme)
    if (next.length > max) return max < 1 ? '' : `${withRoom.trimEnd()}…`
    whole = next
    if (whole.length < max) withRoom = whole
  }
  return whole
}

function pairBrackets(text: string): string {
  return text.replace(/(\[[^[\]]*\])|[[\]]/g, (bracket, pair?: string) => pair ?? (bracket === '[' ? '［' : '］'))
}
