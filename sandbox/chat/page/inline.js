/**
 * @typedef {{ kind: 'text' | 'code' | 'everyone', text: string }
 *   | { kind: 'strong' | 'emphasis' | 'underline' | 'strike' | 'spoiler', children: Inline[] }
 *   | { kind: 'link', url: string, children: Inline[] }
 *   | { kind: 'time', unix: number, style: string }
 *   | { kind: 'user' | 'role' | 'channel', id: string }
 *   | { kind: 'command', name: string, id: string }} Inline
 * @typedef {{ deep: number, linked: boolean }} Where
 * @typedef {(found: RegExpExecArray, where: Where) => Inline | undefined} Make
 */

const deepest = 12
// Long enough for any link; the pattern would take its time over thousands of brackets.
const longestLink = 1500

// In the order in which a Discord client tries them; the patterns are those of its parser.
/** @type {[string, RegExp, Make][]} */
const rules = [
  ['\\', /^\\([^0-9A-Za-z\s])/, (found) => ({ kind: 'text', text: found[1] ?? '' })],
  ['<', /^<(https?:\/\/[^ >]+)>/, (found, where) => link(found[1], [plain(found[1])], where)],
  [
    '<',
    /^<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/,
    (found) => ({ kind: 'time', unix: Number(found[1]), style: found[2] ?? 'f' }),
  ],
  ['<', /^<@!?(\d+)>/, (found) => ({ kind: 'user', id: found[1] ?? '' })],
  ['<', /^<@&(\d+)>/, (found) => ({ kind: 'role', id: found[1] ?? '' })],
  ['<', /^<#(\d+)>/, (found) => ({ kind: 'channel', id: found[1] ?? '' })],
  ['<', /^<\/([^:<>]{1,100}):(\d+)>/, (found) => ({ kind: 'command', name: found[1] ?? '', id: found[2] ?? '' })],
  ['<', /^<a?:(\w{2,32}):\d+>/, (found) => plain(`:${found[1]}:`)],
  ['@', /^@(?:everyone|here)/, (found) => ({ kind: 'everyone', text: found[0] })],
  [
    'h',
    /^https?:\/\/(?:[^\s<()]|\([^\s<()]*\))*(?:[^\s<().,:;"'\]]|\([^\s<()]*\))/,
    (found, where) => link(found[0], [plain(found[0])], where),
  ],
  [
    '[',
    /^\[((?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*)\]\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['"]([\s\S]*?)['"])?\s*\)/,
    (found, where) => maskedLink(found, where),
  ],
  ['*', /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, (found, where) => wrap('strong', found[1], where)],
  ['_', /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, (found, where) => wrap('underline', found[1], where)],
  ['_', /^_((?:__|\\[\s\S]|[^\\_])+?)_\b/, (found, where) => wrap('emphasis', found[1], where)],
  [
    '*',
    /^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/,
    (found, where) => wrap('emphasis', found[1], where),
  ],
  ['~', /^~~([\s\S]+?)~~(?!_)/, (found, where) => wrap('strike', found[1], where)],
  ['|', /^\|\|([\s\S]+?)\|\|/, (found, where) => wrap('spoiler', found[1], where)],
  [
    '`',
    /^(`+)([\s\S]*?[^`])\1(?!`)/,
    (found) => ({ kind: 'code', text: (found[2] ?? '').replace(/^ (?=`)|(?<=`) $/g, '') }),
  ],
]

/**
 * What is inside a line: pure, from text to a tree, as a Discord client reads it.
 * @param {string} text
 * @param {Where} where
 * @returns {Inline[]}
 */
export function parseInline(text, where = { deep: 0, linked: false }) {
  if (where.deep > deepest) return [plain(text)]
  /** @type {Inline[]} */
  const nodes = []
  let at = 0
  while (at < text.length) {
    const [node, length] = next(text, at, where)
    const last = nodes.at(-1)
    if (node.kind === 'text' && last?.kind === 'text') nodes[nodes.length - 1] = plain(last.text + node.text)
    else nodes.push(node)
    at += length
  }
  return nodes
}

/**
 * @param {string} text
 * @param {number} at
 * @param {Where} where
 * @returns {[Inline, number]}
 */
function next(text, at, where) {
  for (const [first, pattern, make] of rules) {
    if (text[at] !== first) continue
    const found = pattern.exec(text.slice(at, first === '[' ? at + longestLink : undefined))
    const node = found && make(found, where)
    if (found && node) return [node, found[0].length]
  }
  const run = /^[0-9A-Za-gi-z\s\u00c0-\uffff]+/.exec(text.slice(at))
  const length = run?.[0].length ?? 1
  return [plain(text.slice(at, at + length)), length]
}

/**
 * @param {'strong' | 'emphasis' | 'underline' | 'strike' | 'spoiler'} kind
 * @param {string | undefined} inside
 * @param {Where} where
 * @returns {Inline}
 */
function wrap(kind, inside = '', where) {
  return { kind, children: parseInline(inside, { ...where, deep: where.deep + 1 }) }
}

/**
 * A label that is an address itself is shown as typed, so that nobody is led elsewhere.
 * @param {RegExpExecArray} found
 * @param {Where} where
 */
function maskedLink(found, where) {
  const [, label = '', target = ''] = found
  if (!label.trim() || /https?:\/\//.test(label)) return undefined
  return link(
    target.replace(/\\([^0-9A-Za-z\s])/g, '$1'),
    parseInline(label, { deep: where.deep + 1, linked: true }),
    where,
  )
}

/**
 * @param {string | undefined} target
 * @param {Inline[]} children
 * @param {Where} where
 * @returns {Inline | undefined}
 */
function link(target = '', children, where) {
  const url = webAddress(target)
  return url && !where.linked ? { kind: 'link', url, children } : undefined
}

/**
 * The address when it is one of the web, else undefined.
 * @param {unknown} target
 */
export function webAddress(target) {
  if (typeof target !== 'string' || !URL.canParse(target)) return undefined
  const { protocol, href } = new URL(target)
  return protocol === 'http:' || protocol === 'https:' ? href : undefined
}

/** @param {string} text @returns {Inline & { kind: 'text' }} */
function plain(text = '') {
  return { kind: 'text', text }
}
