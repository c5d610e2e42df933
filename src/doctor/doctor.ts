import { createHttp } from '../http.ts'
import { createClockCheck } from './clock.ts'
import { checkDiscord } from './discord.ts'
import { wrong, type Finding } from './finding.ts'
import { checkReach } from './reach.ts'
import { checkSettings } from './settings.ts'
import { checkSpotify } from './spotify.ts'
import { checkStore } from './store.ts'
import { checkVersions } from './versions.ts'

/**
 * Looks at everything that a start needs, and yields what it found as it finds it. A bot that runs on the same
 * settings is not disturbed. Never rejects over what is wrong.
 */
export async function* examine(
  environment: Readonly<Record<string, string | undefined>>,
  now: () => number = Date.now,
): AsyncGenerator<Finding> {
  yield* checkVersions(environment)
  const { config, findings } = checkSettings(environment)
  yield* findings
  if (!config) return
  const http = createHttp()
  const clock = createClockCheck(http.send, now)
  try {
    const rooms = [
      guarded('Discord', () => checkDiscord(config, clock.http)),
      guarded('Spotify', () => checkSpotify(config, clock.http)),
      guarded('PUBLIC_URL', () => checkReach(config.web, http.send)),
      guarded('Store', () => checkStore(config)),
    ]
    for (const room of rooms) yield* await room
    yield clock.finding()
  } finally {
    await http.close()
  }
}

/** An answer of a shape that nobody foresaw spoils one check and not the others. Its message may hold a secret. */
async function guarded(about: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check()
  } catch (error) {
    return [
      wrong(
        about,
        `This could not be looked at (${error instanceof Error ? error.name : 'unknown'}). Please report it.`,
      ),
    ]
  }
}
