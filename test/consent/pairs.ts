import type { Message } from '../../sandbox/discord/discord.ts'
import { commonCaller } from '../../src/views/common-id.ts'
import { decodePageId } from '../../src/views/page-id.ts'
import { decodeShareRequestId } from '../../src/views/share-request.ts'
import { names, people, type Name } from './people.ts'

/** Who has asked what they have in common with somebody, and the account for which they have agreed to the message. */
export interface Pair {
  readonly caller: Name
  readonly agreed: string | undefined
}

/** Whose songs a custom id is about, and who has asked, where it is about what two people have in common. */
export function subjectsOf(customId: string, who: Name): { readonly owner: Name; readonly caller?: Name } | undefined {
  const page = decodePageId(customId)
  const press = page ?? decodeShareRequestId(customId)
  const owner = nameOf(press?.owner)
  if (!press || !owner) return undefined
  const isCommon = page ? page.list === 'common' : 'common' in press && press.common !== undefined
  if (!isCommon) return { owner }
  const asker = page ? commonCaller(page.query)?.caller : 'asker' in press ? press.asker : undefined
  return { owner, caller: nameOf(asker) ?? who }
}

/** The same of a message, by its buttons. */
export function subjectsOn({ components }: Message, who: Name) {
  const ids = [...JSON.stringify(components).matchAll(/"custom_id":"([^"]+)"/g)].map(([, id = '']) => id)
  return ids.map((id) => subjectsOf(id, who)).find((found) => found?.caller)
}

/** Whose songs a playlist of songs in common is about, where a press makes one: the person's who presses, and another's. */
export function playlistOn(customId: string, on: Message, who: Name) {
  const [, id] = /^liked:playlist(?:-now)?:common:(\d+)$/.exec(customId) ?? []
  const named = nameOf(id)
  const owner = named === who ? subjectsOn(on, who)?.caller : named
  return owner && { owner, caller: who }
}

function nameOf(id: string | undefined): Name | undefined {
  return names.find((name) => people[name].id === id)
}
