import { errorMessage } from '../../src/error-messages.ts'
import { ConsentError } from './judge.ts'
import { people, type Name } from './people.ts'
import type { World } from './world.ts'

const redirectUri = 'https://hearsay.test/callback/spotify'
const state = 'a-state'

/** From Spotify's answer to the person's consent on; an unlink meanwhile wins. */
export function links({ app, model, spotify, waitsFor }: World, who: Name, slow: boolean): void {
  const code = spotify.agrees(who)
  const parameters = app.spotify.operator.oauth.validate(new URLSearchParams({ code, state }), state)
  const consent = { parameters, redirectUri, codeVerifier: 'v'.repeat(43), startedAt: Date.now() }
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
    model.link(who, code)
  }
}
