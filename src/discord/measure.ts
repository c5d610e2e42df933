import type { InteractionOutcome, Metrics, SeenInteraction } from '../metrics/metrics.ts'
import type { Callback } from './callback.ts'
import type { Commands } from './dispatch.ts'
import type { Interaction } from './interaction.ts'

type About = Pick<SeenInteraction, 'command' | 'kind'>

/** Follows one interaction for the metrics. */
export interface Measured {
  /** The same callback, watched for its acknowledgement. */
  readonly callback: Callback
  /** What came of it, where that is not an answer. */
  becomes(outcome: InteractionOutcome): void
  end(about: About): void
}

/** @param receivedAt by `performance.now()` */
export function measure(callback: Callback, receivedAt: number, metrics: Metrics): Measured {
  let outcome: InteractionOutcome = 'answered'
  let acknowledgedAfter: number | undefined
  return {
    callback: {
      ...callback,
      async first(wire, rank) {
        const taken = await callback.first(wire, rank)
        if (taken === 'gone') outcome = 'unanswered'
        if (taken === 'taken') acknowledgedAfter ??= performance.now() - receivedAt
        return taken
      },
    },
    becomes: (worse) => (outcome = worse),
    end: (about) =>
      metrics.interaction({ ...about, outcome, acknowledgedAfter, endedAfter: performance.now() - receivedAt }),
  }
}

/** Command and kind of an interaction: a command that no file answers is "unknown", whatever somebody called it. */
export function aboutOf(interaction: Interaction, commands: Commands): About {
  const { kind, name } = interaction
  if (kind !== 'menu') return { command: known(name, commands), kind }
  const [owner] = [...commands].find(([, { contextMenus: menu = {} }]) => Object.hasOwn(menu, name)) ?? []
  return { command: owner ?? 'unknown', kind }
}

function known(name: string, commands: Commands): string {
  return commands.has(name) ? name : 'unknown'
}
