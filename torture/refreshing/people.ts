import { randomUUID } from 'node:crypto'
import { createLinks, type Link } from '../../src/accounts/links.ts'
import { createCrypto, type TokenKey } from '../../src/crypto.ts'
import type { Store } from '../../src/store/store.ts'
import type { Grants } from './grants.ts'
import { patiently } from './patience.ts'

/** People whose links are worn out, and what really became of them. */
export interface People {
  readonly ids: readonly string[]
  links(person: string): Promise<void>
  /** Whether there is a link, and the provider would take its token. */
  isLinked(person: string): Promise<boolean>
}

export const clientId = 'torture'

/** Of every process in here; what is sealed is made up. */
export const key: TokenKey = { id: 'k1', key: Buffer.alloc(32, 1) }

export function createPeople(count: number, store: Store, grants: Grants): People {
  const links = createLinks(store, createCrypto(key, [key]))
  return {
    ids: Array.from({ length: count }, (_, number) => String(10n ** 17n + BigInt(number))),
    async links(person) {
      const link: Link = {
        ...{ id: randomUUID(), version: 1, spotifyId: `spotify-${person}`, spotifyName: 'Somebody', clientId },
        ...{ scope: ['user-library-read'], authorizedAt: Date.now(), endedAt: null },
        refreshToken: links.encryptRefreshToken(person, grants.agree(person)),
      }
      await patiently(() => links.write(person, link))
    },
    async isLinked(person) {
      const link = await patiently(() => links.find(person))
      return link !== undefined && grants.isGood(links.decryptRefreshToken(person, link))
    },
  }
}
