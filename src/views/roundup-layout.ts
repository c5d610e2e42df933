import { ComponentType, type APIComponentInContainer, type APIMessageTopLevelComponent } from 'discord.js'
import { nested, text, type ActionRow } from './components.ts'
import { accent } from './song-list.ts'

type Section = Extract<APIComponentInContainer, { type: ComponentType.Section }>

/** Some lines, and what stands beside them. */
export interface Piece {
  readonly text: string
  readonly accessory?: Section['accessory'] | undefined
  /** Whether a line is above them. */
  readonly isRuled?: boolean
}

/** What stands around the card of a roundup: a line above it, and rows of components below. */
export interface Around {
  readonly above?: string | undefined
  readonly below?: readonly ActionRow[]
}

/** Begins the id of the select by which the language of a scheduled roundup is chosen; the channel's id is behind it. */
export const languageId = 'roundup:1:language:'

/** The language that is chosen in such a select around a roundup. */
export function localeIn({ below = [] }: Around): string | undefined {
  for (const component of below.flatMap(({ components }) => components)) {
    if (component.type === ComponentType.StringSelect && component.custom_id.startsWith(languageId))
      return component.options.find((option) => option.default)?.value
  }
  return undefined
}

// What Discord takes in a message.
const mostComponents = 40
const longestText = 4000

/** The first that Discord takes: the fullest with ever shorter texts, then the next one. */
export function fitting<Fullness, Measure>(
  fullest: readonly Fullness[],
  measures: readonly Measure[],
  make: (fullness: Fullness, measure: Measure) => readonly APIMessageTopLevelComponent[],
): readonly APIMessageTopLevelComponent[] {
  let made: readonly APIMessageTopLevelComponent[] = []
  for (const fullness of fullest)
    for (const measure of measures) {
      made = make(fullness, measure)
      const all = made.flatMap(nested)
      // Shorter texts are as many.
      if (all.length > mostComponents) break
      const length = all.reduce((sum, one) => sum + ('content' in one ? String(one.content).length : 0), 0)
      if (length <= longestText) return made
    }
  return made
}

/** A card. Lines without anything beside them are one text, but for the last, which is small print. */
export function card(
  pieces: readonly Piece[],
  footer: string,
  rows: readonly ActionRow[],
  { above, below = [] }: Around = {},
): APIMessageTopLevelComponent[] {
  const parts: APIComponentInContainer[] = []
  let lines: string[] = []
  const endText = (): void => {
    if (lines.length > 0) parts.push(text(lines.join('\n')))
    lines = []
  }
  for (const { text: line, accessory, isRuled = false } of pieces) {
    if (isRuled) {
      endText()
      parts.push({ type: ComponentType.Separator })
    }
    if (!accessory) {
      lines.push(line)
      continue
    }
    endText()
    parts.push({ type: ComponentType.Section, components: [text(line)], accessory })
  }
  endText()
  const components = [...parts, ...(footer ? [text(`-# ${footer}`)] : []), ...rows]
  return [
    ...(above ? [text(above)] : []),
    { type: ComponentType.Container, accent_color: accent, components },
    ...below,
  ]
}
