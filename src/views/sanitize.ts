// In the text of a masked link Discord shows backslashes instead of obeying them, and drops format characters
// (U+200B and its like) before it looks for addresses. So what an invisible character can take apart is
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
  const short = cut(apart, max, (part) => part.replace(actsAlone, '\\$&'))
  return short.replace(/(\[[^[\]]*\])|[[\]]/g, (bracket, pair?: string) => pair ?? (bracket === '[' ? '［' : '］'))
}

/** Text from outside for a place without markdown: author lines, footers, modal titles. Same length rule. */
export function plainText(text: string, max: number): string {
  return cut(oneLine(text), max, (part) => part)
}

// Bidi classes R and AL, also of code points that are not assigned yet, but for those that sanitize drops.
const rightToLeft =
  /[[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]--[\p{Mn}\u0600-\u0607\u0609\u060A\u060C\u060E\u060F\u0660-\u066C\u06DD\u06DE\u06E9\u06F0-\u06F9\u07F6-\u07F9\u0890\u0891\u08E2\uFB29\uFD3E-\uFD4F\uFDCF\uFDFD-\uFDFF\u{1091F}\u{10B39}-\u{10B3F}\u{10D30}-\u{10D39}\u{10E60}-\u{10E7E}\u{1EEF0}\u{1EEF1}]]/v

/** Whether a letter in it runs from right to left. */
export function isRightToLeft(text: string): boolean {
  return rightToLeft.test(text)
}

/**
 * What `make` gives, `around` put around it; between U+2068 and U+2069 where it holds a letter that runs from right to
 * left, so that what stands beside it keeps its place. Those two count into `max`. They stand outside a link, because
 * Discord drops them inside.
 */
export function isolated(max: number, make: (max: number) => string, around = (text: string) => text): string {
  const text = make(max)
  if (!isRightToLeft(text)) return around(text)
  const shorter = make(max - 2)
  return isRightToLeft(shorter) ? `\u2068${around(shorter)}\u2069` : around(shorter)
}

let segmenter: Intl.Segmenter | undefined

function cut(text: string, max: number, written: (part: string) => string): string {
  const uncut = written(text)
  if (uncut.length <= max) return uncut
  let whole = ''
  let withRoom = ''
  // Making the segmenter takes milliseconds, so it is made once.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  for (const { segment } of segmenter.segment(text)) {
    const next = whole + written(segment)
    if (next.length > max) return max < 1 ? '' : `${withRoom.trimEnd()}…`
    whole = next
    if (whole.length < max) withRoom = whole
  }
  return whole
}

// Emoji that are held together by an invisible character: keycaps, flags of regions, joined people.
const emoji =
  /[0-9#*]\uFE0F\u20E3|\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,6}\u{E007F}|\p{ExtPict}[\uFE0E\uFE0F\p{EMod}]{0,2}(?:\u200D\p{ExtPict}[\uFE0E\uFE0F\p{EMod}]{0,2}){0,9}/v
// Scripts in which a joiner changes the shape of its neighbours, so that dropping it would misspell the word.
const joiner =
  /(?<=[[\p{L}\p{M}]&&[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}]])[\u200C\u200D](?=\p{L})/v
const joinerAfterVirama =
  /(?<=[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])[\u200C\u200D](?![\p{M}\u200C\u200D])/v
const mongolianVariant = /(?<=\p{sc=Mong})[\u180B-\u180D\u180F]/v
const invisible = /[[\p{DI}\p{Cc}\p{Cs}\p{NChar}\uFFF9-\uFFFB]--[\t-\r\u0085]]/v

const needed = [emoji, joiner, joinerAfterVirama, mongolianVariant].map((pattern) => pattern.source).join('|')
const neededOrInvisible = new RegExp(`(${needed})|${invisible.source}`, 'gv')

// What most titles are: nothing in it is to be changed.
const plainLine = /^[!-~]+(?: [!-~]+)*$/

/**
 * The text as it can stand on one line: well-formed, without control, direction and zero-width characters
 * except those that letters and emoji need, white space folded, at most three combining marks on a base.
 */
function oneLine(text: string): string {
  if (plainLine.test(text)) return text
  return text
    .replace(neededOrInvisible, '$1')
    .replace(/[\s\u0085\u2800]+/g, ' ')
    .trim()
    .replace(/^[\p{Mn}\p{Me} ]+/u, '')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
}
