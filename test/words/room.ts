/** What Discord takes: of a modal, of buttons, of selects, of descriptions, of footers and messages. */
const places: readonly (readonly [RegExp, most: number])[] = [
  [/^pages\.(?:title|field)/, 45],
  [/^(?:button|pages\.place|share\.(?:quiet|ask|askSomebody|everyone|no|nobody|once|thisServer)(?:_[a-z]+)?$)/, 80],
  [/^(?:account\.(?:stop|leave|server)$|command|option|choice)/, 100],
]
const widths: Readonly<Record<string, number>> = { page: 5, pages: 5, name: 60, id: 20, count: 6, number: 1 }

/** How long what is said by a key may be. */
export function mostFor(key: string): number {
  return places.find(([pattern]) => pattern.test(key))?.[1] ?? 2000
}

/** How long a text is with the longest values in it. */
export function longestOf(text: string): number {
  return text.replace(/\{\{(\w+)[^}]*\}\}/g, (_, name: string) => 'x'.repeat(widths[name] ?? 120)).length
}

/** The names of what is put into a text, each once. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{(\w+)/g)].map(([, name = '']) => name))].toSorted()
}
