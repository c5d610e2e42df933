import { makeHome } from '../home.ts'
import { runFresh } from '../process.ts'
import type { Report } from '../report.ts'
import { startSpotify } from '../spotify.ts'

const nobody = 'http://127.0.0.1:9'

/** What two people have both liked: what it asks of Spotify, by the very commands. */
export async function common(): Promise<Report[]> {
  const spotify = await startSpotify()
  const home = await makeHome(nobody, spotify.address)
  // More than a day's worth of whole libraries is read here.
  const env = { ...home.env, SPOTIFY_DAILY_REQUESTS: '1000000' }
  try {
    return await runFresh<Report[]>('bench/competitors/common.ts', spotify.address, { env })
  } finally {
    await spotify.stop()
    await home.remove()
  }
}
