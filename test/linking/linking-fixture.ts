import type { Link } from '../../src/accounts/links.ts'
import type { App } from '../../src/context.ts'
import type { Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'
import { startWebFixture } from '../world/web-fixture.ts'
import { site } from './browser.ts'

/** The web server on loopback, behind a proxy that gives it https, over the sandbox's two providers. */
export interface LinkingFixture {
  /** Where it really listens. */
  readonly address: string
  readonly app: Pick<App, 'accounts' | 'invitations'>
  linkOf(discordId: string): Promise<Link | undefined>
  /** What it told its operator. */
  readonly errors: unknown[]
  /** Forgets everybody. */
  beginAnew(): void
  stop(): Promise<void>
}

export async function startLinkingFixture(): Promise<LinkingFixture> {
  let current = modelStore()
  const store = new Proxy({} as Store, { get: (_, name: keyof Store) => current[name] })
  const { address, app, errors, exchanges, stop } = await startWebFixture({ publicUrl: site, store })
  return {
    address,
    app,
    linkOf: async (discordId) => (await current.get('links', discordId)) as Link | undefined,
    errors,
    beginAnew() {
      current = modelStore()
      errors.length = 0
      exchanges.length = 0
    },
    stop,
  }
}
