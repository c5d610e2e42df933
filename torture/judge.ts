import type { Outcome } from '../sandbox/discord/discord.ts'
import { textOf } from '../test/world/message-text.ts'
import { ownersIn } from './soak/libraries.ts'

/** What must not be said to somebody, and was; undefined for an answer as it may be. `owner`: whose songs it may show. */
export function wrongIn(
  outcome: Outcome,
  linked: boolean | undefined,
  { name, owner }: { readonly name: string; readonly owner?: number | undefined },
): string | undefined {
  if (outcome.kind !== 'message' && outcome.kind !== 'update') return undefined
  const text = textOf(outcome.message)
  if (text.includes('Something went wrong')) return `${name}: something unexpected`
  // Only an answer to somebody who is not linked mentions the command, and the list of all commands.
  if (linked === true && name !== 'help' && text.includes('`/link`')) return `${name}: "not linked" to somebody who is`
  if (owner !== undefined && ownersIn(text).some((found) => found !== owner)) return `${name}: songs of somebody else`
  if (linked === false && name === 'account status' && text.startsWith('Linked as'))
    return `${name}: "linked" to somebody who is not`
  return undefined
}

/** What somebody is told, in words. */
export function sentenceOf(outcome: Outcome): string {
  return 'message' in outcome ? outcome.message.content : JSON.stringify(outcome)
}
