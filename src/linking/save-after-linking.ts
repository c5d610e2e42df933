import type { App } from '../context.ts'
import { reportError } from '../error-messages.ts'
import type { Log } from '../log.ts'

/**
 * Carries out the save for which somebody has linked. A sentence for the chat about what became of it; it never
 * rejects, since the link is made either way.
 */
export async function saveAfterLinking({ accounts }: App, log: Log, person: string, trackId: string): Promise<string> {
  try {
    const outcome = await accounts.saveTrack(person, trackId)
    return outcome === 'saved' ? 'Saved to your liked songs.' : 'That song is among your liked songs already.'
  } catch (error) {
    const unexpected = 'A song could not be saved: please report this line'
    const { message, sentence, reference } = reportError(error, log, { unexpected })
    return `The song was not saved. ${message ? sentence : `Please press Save once more. (ref ${reference})`}`
  }
}
