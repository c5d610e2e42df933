import type { MeterEntry, MeterReading } from './store.ts'

/** What is on a meter, as the embedded store keeps it. Times in milliseconds. */
export interface MeterState {
  /** By the end of the grain of time in which it was spent. */
  readonly spent: Readonly<Record<string, number>>
  /** By owner. */
  readonly held: Readonly<Record<string, { readonly amount: number; readonly until: number }>>
}

/** One entry on a meter; the script in `redis/meters.ts` says the same in Redis's words. */
export function enterMeter(
  before: MeterState | undefined,
  { owner, span, bucket: grain, heldFor: patience, spent, held, want, limit }: MeterEntry,
  now: number,
): { readonly state: MeterState; readonly reading: MeterReading } {
  const buckets = new Map<string, number>()
  // What was written down by a clock that has been set back since counts from now on, and not for as long as that.
  const latest = Math.ceil(now / grain) * grain
  for (const [end, amount] of Object.entries(before?.spent ?? {})) {
    const key = String(Math.min(Number(end), latest))
    if (Number(key) + span > now) buckets.set(key, (buckets.get(key) ?? 0) + amount)
  }
  for (const { amount, ago } of spent) {
    const end = Math.ceil((now - ago) / grain) * grain
    if (end + span > now) buckets.set(String(end), (buckets.get(String(end)) ?? 0) + amount)
  }
  const holders = Object.entries(before?.held ?? {})
    .filter(([name, { until }]) => name !== owner && until > now)
    .map(([name, { amount, until }]) => [name, { amount, until: Math.min(until, now + patience) }] as const)
  const ofOthers = holders.reduce((sum, [, { amount }]) => sum + amount, 0)
  const already = [...buckets.values()].reduce((sum, amount) => sum + amount, ofOthers + held)
  const granted = Math.max(Math.min(want, limit - already), 0)
  if (held + granted > 0) holders.push([owner, { amount: held + granted, until: now + patience }])
  const total = already + granted
  return {
    state: { spent: Object.fromEntries(buckets), held: Object.fromEntries(holders) },
    reading: { granted, total, frees: freesIn(buckets, total - limit, span, now) },
  }
}

/** When more than `excess` of what was spent is over. */
function freesIn(buckets: ReadonlyMap<string, number>, excess: number, span: number, now: number): number {
  let left = excess
  if (left < 0) return 0
  for (const [end, amount] of [...buckets].toSorted(([one], [other]) => Number(one) - Number(other))) {
    left -= amount
    if (left < 0) return Number(end) + span - now
  }
  return 0
}
