/** What Discord's desktop client makes live, from observed behaviour; it knows nothing of our escapes. */
const live: Record<string, RegExp> = {
  heading: /^ *#{1,3} +\S/m,
  smallPrint: /^ *-# +\S/m,
  quote: /^ *>(?:>>)? +\S/m,
  list: /^ *(?:[-*+]|\d+\.) +\S/m,
  bold: /\*\*[^]+?\*\*/,
  italic: /\*(?=\S)[^*]+\*|_[^_]+_(?!\w)/,
  underline: /__[^]+?__/,
  struck: /~~[^]+?~~/,
  spoiler: /\|\|[^]+?\|\|/,
  code: /(`+)[^]+?(?<!`)\1(?!`)/,
  mention: /<(?:@[!&]?|#)\d+>|@everyone|@here/,
  command: /<\/[^:>]+:\d+>/,
  time: /<t:-?\d+(?::[a-zA-Z])?>/,
  emoji: /<a?:\w+:\d+>|:[\w+-]+:/,
  guide: /<id:\w+>/,
  address: /[a-z][a-z\d+.-]*:\/\/\S|<[^: >]+:\/[^ >]+>|<[\w.+-]+@[\w.-]+>|<\+\d+>/i,
  invite: /discord(?:app)?\.(?:gg|com)\/\w/i,
}
const maskedLink =
  /\[((?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*)\]\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['"]([^]*?)['"])?\s*\)/g

/** The names of the constructs that would not be shown as the characters they are. */
export function liveIn(markdown: string): string[] {
  const unescaped = markdown.replace(/\\[^A-Za-z0-9\s]/g, '\uE000')
  const found = Object.keys(live).filter((name) => live[name]?.test(unescaped))
  return linksIn(markdown).length > 0 ? [...found, 'masked link'] : found
}

export function linksIn(markdown: string): { text: string; url: string }[] {
  return Array.from(markdown.matchAll(maskedLink), ([, text = '', url = '']) => ({ text, url }))
}

/** The characters that a reader gets of text in which nothing is live. */
export function seen(markdown: string): string {
  return markdown.replace(/\\([^A-Za-z0-9\s])/g, '$1').replace(/(?<=[\x20-\x7E［］])\uFE0E/g, '')
}
