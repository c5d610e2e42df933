import { errorMessage } from '../../src/error-messages.ts'
import { redirectUri, verifier } from '../sandbox/oauth-client.ts'
import { ConsentError } from './judge.ts'
import { people, type Name } from './people.ts'
import type { World } from './world.ts'

const state = 'a-state'

/** From Spotify's answer to the person's consent on; an unlink meanwhile wins. */
export async function links({ app, model, spotify, waitsFor }: World, who: Name, slow: boolean): Promise<void> {
  const { code, account } = await spotify.agrees(who)
  const parameters = app.spotify.operator.oauth.validate(new URLSearchParams({ code, state }), state)
  const consent = { parameters, redirectUri, codeVerifier: verifier, startedAt: Date.now() }
  const endConsents = (): Promise<void> => app.endConsents(people[who].id)
  const unlinks = model.unlinks(who)
  waitsFor(spotify.during({ slow, asked: [] }, connect))

  async function connect(): Promise<void> {
    try {
      await app.accounts.connect(people[who].id, { ...consent, endConsents })
    } catch (error) {
      if (errorMessage(error)) return
      throw error
    }
    if (model.unlinks(who) > unlinks) throw new ConsentError(`${who} is linked again by what began before`)
    model.link(who, account)
  }
}
