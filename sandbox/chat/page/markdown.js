import { parseInline } from './inline.js'

/**
 * @typedef {import('./inline.js').Inline} Inline
 * @typedef {{ kind: 'paragraph' | 'small', children: Inline[] }
 *   | { kind: 'heading', level: number, children: Inline[] }
 *   | { kind: 'quote', children: Block[] }
 *   | { kind: 'list', ordered: boolean, start: number, items: Inline[][] }
 *   | { kind: 'fence', text: string }} Block
 */

const fence = /(?<!\\)```(?:[\w+.#-]*\n)?\n*([\s\S]+?)\n*```/

/**
 * Discord's markdown as a tree: pure, so that it can be tried without a browser.
 * @param {string} text
 * @returns {Block[]}
 */
export function parseMarkdown(text) {
  const found = fence.exec(text)
  if (!found) return parseLines(text.split('\n'))
  const before = text.slice(0, found.index).replace(/\n$/, '')
  const after = text.slice(found.index + found[0].length).replace(/^\n/, '')
  return [
    ...(before ? parseLines(before.split('\n')) : []),
    { kind: 'fence', text: found[1] ?? '' },
    ...(after ? parseMarkdown(after) : []),
  ]
}

/**
 * @param {string[]} lines
 * @returns {Block[]}
 */
function parseLines(lines) {
  /** @type {Block[]} */
  const blocks = []
  while (lines.length > 0) blocks.push(takeBlock(lines))
  return blocks
}

/**
 * Takes the lines of one block off the front.
 * @param {string[]} lines
 * @returns {Block}
 */
function takeBlock(lines) {
  const line = lines[0] ?? ''
  if (/^\s*>>> ./.test(line)) {
    const rest = lines.splice(0).join('\n')
    return { kind: 'quote', children: parseLines(rest.replace(/^\s*>>> /, '').split('\n')) }
  }
  const quoted = takeWhile(lines, /^\s*> ?(.*)$/, (one) => /^\s*>(?: |$)/.test(one))
  if (quoted.length > 0) return { kind: 'quote', children: parseLines(quoted.map((found) => found[1] ?? '')) }

  const heading = /^\s*(#{1,3}) +(.*\S)/.exec(line)
  if (heading) {
    lines.shift()
    return { kind: 'heading', level: (heading[1] ?? '').length, children: parseInline(heading[2] ?? '') }
  }
  const small = /^\s*-# +(.*\S)/.exec(line)
  if (small) {
    lines.shift()
    return { kind: 'small', children: parseInline(small[1] ?? '') }
  }
  const bullets = takeWhile(lines, /^ *[-*] +(.*\S)/)
  if (bullets.length > 0) return list(false, 1, bullets)
  const first = Number(/^ *(\d{1,9})\. +\S/.exec(line)?.[1] ?? 1)
  const numbered = takeWhile(lines, /^ *\d{1,9}\. +(.*\S)/)
  if (numbered.length > 0) return list(true, first, numbered)

  const plain = [lines.shift() ?? '']
  while (lines.length > 0 && !startsBlock(lines[0] ?? '')) plain.push(lines.shift() ?? '')
  // An empty line at the end of an element has no height of its own.
  if (plain.at(-1) === '' && lines.length > 0) plain.push('')
  return { kind: 'paragraph', children: parseInline(plain.join('\n')) }
}

/** @param {string} line */
function startsBlock(line) {
  return /^\s*(?:>>> .|> |>$|#{1,3} +\S|-# +\S|[-*] +\S|\d{1,9}\. +\S)/.test(line)
}

/**
 * @param {string[]} lines
 * @param {RegExp} pattern
 * @param {(line: string) => boolean} fits
 */
function takeWhile(lines, pattern, fits = () => true) {
  const taken = []
  for (let line = lines[0]; line !== undefined && fits(line); line = lines[0]) {
    const found = pattern.exec(line)
    if (!found) break
    taken.push(found)
    lines.shift()
  }
  return taken
}

/**
 * @param {boolean} ordered
 * @param {number} start
 * @param {RegExpExecArray[]} lines
 * @returns {Block}
 */
function list(ordered, start, lines) {
  return { kind: 'list', ordered, start, items: lines.map((found) => parseInline(found[1] ?? '')) }
}
