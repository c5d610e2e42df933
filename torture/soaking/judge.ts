import type { Outcome } from '../../sandbox/discord/discord.ts'
import { ownersIn } from './libraries.ts'
import { textOf, type Resident } from './residents.ts'

/** What must not be said to somebody, and was; undefined for an answer as it may be. */
export function wrongIn(
  outcome: Outcome,
  { linked }: Pick<Resident, 'linked'>,
  { name, owner }: { readonly name: string; readonly owner?: number | undefined },
): string | undefined {
  if (outcome.kind !== 'message' && outcome.kind !== 'update') return undefined
  const text = textOf(outcome.message)
  if (text.includes('Something went wrong')) return `${name}: something that nobody foresaw`
  // Only an answer to somebody who is not linked mentions the command, and the list of all commands.
  if (linked === true && name !== 'help' && text.includes('`/link`')) return `${name}: "not linked" to somebody who is`
  const others = ownersIn(text).filter((found) => found !== owner)
  if (owner !== undefined && others.length > 0) return `${name}: songs of somebody else`
  if (linked === false && name === 'account status' && text.startsWith('Linked as'))
    return `${name}: "linked" to somebody who is not`
  return undefined
}
