import { randomUUID } from 'node:crypto'
import { createLinks, type Link } from '../../src/accounts/links.ts'
import { createCrypto, type TokenKey } from '../../src/crypto.ts'
import type { Store } from '../../src/store/store.ts'
import { patiently } from '../patiently.ts'
import type { Provider } from './provider.ts'

/** Of every process in here. */
export const key: TokenKey = { id: 'k1', key: Buffer.alloc(32, 1) }

/** People whose tokens are refreshed over and over, and what really became of their links. */
export function createPeople(store: Store, { credentials, agree }: Provider) {
  const links = createLinks(store, createCrypto(key, [key]))
  return { link, isLinked }

  async function link(person: string): Promise<void> {
    const link: Link = {
      ...{ id: randomUUID(), version: 1, spotifyId: `spotify-${person}`, spotifyName: 'Somebody' },
      ...{ clientId: credentials.clientId, scope: ['user-library-read'], authorizedAt: Date.now(), endedAt: null },
      refreshToken: links.encryptRefreshToken(person, agree(person)),
    }
    await patiently(() => links.replace(person, link))
  }

  /** Whether there is a link, and its token is one of those that the provider would take. */
  async function isLinked(person: string, good: ReadonlySet<string>): Promise<boolean> {
    const link = await patiently(() => links.find(person))
    return link !== undefined && good.has(links.decryptRefreshToken(person, link))
  }
}
