import { randomUUID } from 'node:crypto'
import { createLinks, type Link } from '../../src/accounts/links.ts'
import { createCrypto, type TokenKey } from '../../src/crypto.ts'
import type { Store } from '../../src/store/store.ts'
import { patiently } from '../patiently.ts'
import type { Grants } from './grants.ts'

export const clientId = 'torture'

/** Of every process in here. */
export const key: TokenKey = { id: 'k1', key: Buffer.alloc(32, 1) }

/** People whose tokens are refreshed over and over, and what really became of their links. */
export function createPeople(count: number, store: Store, grants: Grants) {
  const links = createLinks(store, createCrypto(key, [key]))
  const ids = Array.from({ length: count }, (_, number) => String(10n ** 17n + BigInt(number)))
  return { ids, link, isLinked }

  async function link(person: string): Promise<void> {
    const link: Link = {
      ...{ id: randomUUID(), version: 1, spotifyId: `spotify-${person}`, spotifyName: 'Somebody', clientId },
      ...{ scope: ['user-library-read'], authorizedAt: Date.now(), endedAt: null },
      refreshToken: links.encryptRefreshToken(person, grants.agree(person)),
    }
    await patiently(() => links.replace(person, link))
  }

  /** Whether there is a link, and the provider would take its token. */
  async function isLinked(person: string): Promise<boolean> {
    const link = await patiently(() => links.find(person))
    return link !== undefined && grants.isGood(links.decryptRefreshToken(person, link))
  }
}
