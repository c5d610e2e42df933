import { StoreUnavailableError } from './store.ts'
import type { Store } from './store.ts'
import type { RedisConnection } from './redis-connection.ts'

/** Meters as hashes at `hearsay:meter:<name>`: a field for each grain of time, and one for each owner. */
export function redisMeters({ evaluate }: RedisConnection): Pick<Store, 'meter'> {
  return {
    async meter(name, { owner, span, bucket: grain, heldFor: patience, spent, held, want, limit }) {
      const numbers = [span, grain, patience, held, want, limit, ...spent.flatMap(({ amount, ago }) => [amount, ago])]
      const reply = await evaluate(entering, `hearsay:meter:${name}`, owner, ...numbers.map(String))
      const [granted, total, frees] = Array.isArray(reply) ? reply : []
      if (typeof granted === 'number' && typeof total === 'number' && typeof frees === 'number')
        return { granted, total, frees }
      throw new StoreUnavailableError('Redis answered with something that is not a reading of a meter.')
    },
  }
}

// Lua writes large numbers in a way that Redis does not read, hence the format.
const entering = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local owner = 'o' .. ARGV[1]
  local span, grain, patience = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local held, want, limit = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
  for i = 8, #ARGV, 2 do
    local over = math.ceil((now - ARGV[i + 1]) / grain) * grain
    redis.call('HINCRBY', KEYS[1], 's' .. string.format('%.0f', over), ARGV[i])
  end
  local total, buckets = held, {}
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    local field, value = all[i], all[i + 1]
    if string.sub(field, 1, 1) == 's' then
      local over = tonumber(string.sub(field, 2)) + span
      if over > now then
        total = total + value
        table.insert(buckets, { over, tonumber(value) })
      else
        redis.call('HDEL', KEYS[1], field)
      end
    elseif field ~= owner then
      local amount, over = string.match(value, '^(%d+):(%d+)$')
      if tonumber(over) > now then
        total = total + amount
      else
        redis.call('HDEL', KEYS[1], field)
      end
    end
  end
  local granted = math.max(math.min(want, limit - total), 0)
  total = total + granted
  if held + granted > 0 then
    redis.call('HSET', KEYS[1], owner, string.format('%.0f:%.0f', held + granted, now + patience))
  else
    redis.call('HDEL', KEYS[1], owner)
  end
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', span + grain + patience))
  local left, frees = total - limit, 0
  if left >= 0 then
    table.sort(buckets, function(one, other) return one[1] < other[1] end)
    for _, bucket in ipairs(buckets) do
      left = left - bucket[2]
      if left < 0 then
        frees = math.ceil(bucket[1] - now)
        break
      end
    end
  end
  return { granted, total, frees }
`
