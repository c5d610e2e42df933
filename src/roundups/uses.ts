import type { Crypto } from '../crypto.ts'
import type { RoundupHeads } from './roundup-heads.ts'

const hour = 60 * 60 * 1000
// Each asks Spotify once a member.
const mostByPerson = 10
const mostInServer = 30

/** Notes that somebody asks for a roundup now; undefined, or whose turn is over and until when, in milliseconds. */
export function createUses(heads: RoundupHeads, crypto: Pick<Crypto, 'hmacs'>, now: () => number) {
  return async (person: string, server: string) => {
    const own = crypto.hmacs(person, 'roundup now')
    let wait: { readonly by: 'person' | 'server'; readonly most: number; readonly until: number } | undefined
    await heads.change(server, ({ uses }) => {
      const byPerson = (uses.filter(({ by }) => own.includes(by)).at(-mostByPerson)?.at ?? -Infinity) + hour
      const byServer = (uses.at(-mostInServer)?.at ?? -Infinity) + hour
      wait = undefined
      if (byServer > now()) wait = { by: 'server', most: mostInServer, until: byServer }
      else if (byPerson > now()) wait = { by: 'person', most: mostByPerson, until: byPerson }
      return wait ? undefined : { uses: [...uses, { by: own[0], at: now() }] }
    })
    return wait
  }
}
