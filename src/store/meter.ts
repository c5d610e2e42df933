import type { MeterEntry, MeterReading } from './store.ts'

// The rule is written twice, because each backend enters in one step of its own: keep both alike.

/** Of the rows of the embedded store that are meters. Kinds of records hold no colon, so no record is of this one. */
export const meterKind = ':meter'

/** What is on a meter, as the embedded store keeps it. Times in milliseconds. */
export type MeterState = {
  /** By the end of the bucket of time in which it was spent. */
  readonly spent: Readonly<Record<string, number>>
  /** By owner. */
  readonly held: Readonly<Record<string, { readonly amount: number; readonly until: number }>>
}

/** One entry on a meter of the embedded store. */
export function enterMeter(
  before: MeterState | undefined,
  { owner, span, bucket, heldFor, spent, held, want, limit }: MeterEntry,
  now: number,
): { readonly state: MeterState; readonly reading: MeterReading } {
  const bucketEnd = (time: number): number => Math.ceil(time / bucket) * bucket
  const buckets: Record<string, number> = {}
  const count = (end: number, amount: number): void => {
    if (end + span > now) buckets[end] = (buckets[end] ?? 0) + amount
  }
  // What was written by a clock that has been set back since counts from now on, and not for as long as that.
  for (const [end, amount] of Object.entries(before?.spent ?? {})) count(Math.min(Number(end), bucketEnd(now)), amount)
  for (const { amount, ago } of spent) count(bucketEnd(now - ago), amount)
  const holders = Object.entries(before?.held ?? {})
    .filter(([name, { until }]) => name !== owner && until > now)
    .map(([name, { amount, until }]) => [name, { amount, until: Math.min(until, now + heldFor) }] as const)
  const amounts = [...Object.values(buckets), ...holders.map(([, { amount }]) => amount)]
  const already = amounts.reduce((sum, amount) => sum + amount, held)
  const granted = Math.max(Math.min(want, limit - already), 0)
  if (held + granted > 0) holders.push([owner, { amount: held + granted, until: now + heldFor }])
  const ends = Object.entries(buckets).map(([end, amount]): [number, number] => [Number(end) + span - now, amount])
  return {
    state: { spent: buckets, held: Object.fromEntries(holders) },
    reading: meterReading(granted, already + granted, limit, ends),
  }
}

/** `ends`: in how many milliseconds how much of what was spent is over. */
export function meterReading(granted: number, total: number, limit: number, ends: readonly [number, number][]) {
  let excess = total - limit
  const frees = ends.toSorted(([one], [other]) => one - other).find(([, amount]) => (excess -= amount) < 0)
  return { granted, total, frees: total < limit ? 0 : (frees?.[0] ?? 0) }
}

/**
 * The same for Redis, of a hash with a field for each bucket of time, and one for each owner. Returns what was granted,
 * the total, and where that reaches the limit, of each bucket its milliseconds left and its amount.
 * Lua writes large numbers in a way that Redis does not read, hence the format.
 */
export const enterMeterScript = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local owner = 'o' .. ARGV[1]
  local span, bucket, heldFor = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local held, want, limit = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
  for i = 8, #ARGV, 2 do
    local bucketEnd = math.ceil((now - ARGV[i + 1]) / bucket) * bucket
    redis.call('HINCRBY', KEYS[1], 's' .. string.format('%.0f', bucketEnd), ARGV[i])
  end
  local total, ends = held, {}
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    local field, value = all[i], all[i + 1]
    local bucketEnd = string.match(field, '^s(%d+)$')
    local amount, until_ = string.match(value, '^(%d+):?(%d*)$')
    local left = bucketEnd and bucketEnd + span - now or until_ - now
    if left <= 0 then
      redis.call('HDEL', KEYS[1], field)
    elseif field ~= owner then
      total = total + amount
      if bucketEnd then table.insert(ends, { math.ceil(left), tonumber(amount) }) end
    end
  end
  local granted = math.max(math.min(want, limit - total), 0)
  if held + granted > 0 then
    redis.call('HSET', KEYS[1], owner, string.format('%.0f:%.0f', held + granted, now + heldFor))
  else
    redis.call('HDEL', KEYS[1], owner)
  end
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', span + bucket + heldFor))
  if total + granted < limit then ends = {} end
  return { granted, total + granted, ends }
`
