import { startSandbox as start, type Sandbox, type SandboxOptions } from '../../sandbox/start.ts'
import { waitLimit } from './until.ts'

/**
 * A sandbox whose chat page is on any free port, and whose Discord is as patient as the tests: how soon an interaction is
 * answered depends on the machine. Its Spotify answers any number of requests. Tests about Discord's own deadlines and
 * Spotify's quota say them.
 */
export function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return start({ port: 0, answerWithin: waitLimit, finishWithin: waitLimit, dailyLimit: Infinity, ...options })
}
