import { randomBytes } from 'node:crypto'
import type { App } from '../context.ts'
import type { Log } from '../log.ts'

/**
 * Carries out the save for which somebody has linked. A sentence for the chat about what became of it; it never
 * rejects, since the link stands either way.
 */
export async function saveAfterLinking(
  { accounts, errorMessage: explain }: App,
  log: Log,
  person: string,
  trackId: string,
) {
  try {
    const outcome = await accounts.saveTrack(person, trackId)
    return outcome === 'saved' ? 'Saved to your liked songs.' : 'That song is among your liked songs already.'
  } catch (err) {
    const explanation = explain(err)
    const sentence = `The song was not saved. ${explanation?.sentence ?? 'Please press Save once more.'}`
    if (explanation && !explanation.operator) return sentence
    const reference = randomBytes(2).toString('hex')
    log.error({ err, reference }, explanation?.operator ?? 'A song could not be saved: please report this line')
    return `${sentence} (ref ${reference})`
  }
}
