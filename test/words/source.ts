import { readFileSync } from 'node:fs'
import { parseAst } from 'vitest/node'

/** A node of a parsed file, as the parser gives it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly [property: string]: unknown
}

/** Every node of a TypeScript file, with those around it, the nearest first. */
export function nodesIn(file: string): (readonly [node: Node, around: readonly Node[]])[] {
  const found: (readonly [Node, readonly Node[]])[] = []
  const visit = (value: unknown, around: readonly Node[]): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, around)
    if (!isNode(value)) return
    found.push([value, around])
    for (const part of Object.values(value)) visit(part, [value, ...around])
  }
  visit(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }), [])
  return found
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The texts that an expression may be: of a literal, and of both sides of a choice. */
export function textsOf(value: unknown): string[] {
  if (!isNode(value)) return []
  if (value.type === 'Literal') return typeof value['value'] === 'string' ? [value['value']] : []
  if (value.type === 'ConditionalExpression') return [...textsOf(value['consequent']), ...textsOf(value['alternate'])]
  if (value.type === 'TemplateLiteral') return [quasisOf(value).join('…')]
  return value.type === 'TSAsExpression' ? textsOf(value['expression']) : []
}

/** What is written between the parts of a template. */
export function quasisOf(template: Node): string[] {
  return (template['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked)
}

/** The properties of an object literal; undefined where it has others that are not written there. */
export function propertiesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!isNode(value) || value.type !== 'ObjectExpression') return undefined
  const properties = value['properties'] as Node[]
  if (properties.some(({ type }) => type !== 'Property')) return undefined
  return new Map(properties.map(({ key, value: held }) => [nameOf(key), held]))
}

/** An identifier, the text of a literal, or the last part of a path such as `log.warn`. */
export function nameOf(value: unknown): string {
  if (!isNode(value)) return ''
  if (value.type === 'Identifier') return String(value['name'])
  return value.type === 'MemberExpression' ? nameOf(value['property']) : (textsOf(value)[0] ?? '')
}
