import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'

/** From now on Spotify answers nothing, until the answer is called: then it answers all that it was asked. */
export function holdSpotify(spotify: FakeSpotify): () => void {
  const held = Promise.withResolvers<void>()
  spotify.trouble = { kind: 'held', until: held.promise }
  return () => {
    spotify.trouble = { kind: 'none' }
    held.resolve()
  }
}
