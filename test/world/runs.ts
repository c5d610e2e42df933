/**
 * How often a property is tried: `usual` times, or PROPERTY_RUNS times as often, for a change that deserves it. What
 * fails is shrunk either way, and each run of the suite has another seed.
 */
export function runs(usual: number): number {
  return usual * propertyRuns
}

export const propertyRuns = Math.max(1, Number(process.env['PROPERTY_RUNS']) || 1)
