import { print } from '../bench/report.ts'
import { redisInstalled } from '../test/store/redis-server.ts'
import { soak } from './soak/run.ts'
import { judgement, progress, summary } from './soak/summary.ts'

const minutes = Number(process.argv[2] ?? 10)
if (!(minutes > 0)) throw new Error('The number of minutes is a number above zero.')
if (!redisInstalled()) throw new Error('This needs redis-server on the PATH.')

console.log(
  'A thousand people, half of them linked, use the program ten times a second while one thing after the other',
)
console.log(`goes wrong, for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. Linking them takes a while first.\n`)
const plan = { seconds: minutes * 60, people: 1_000, linked: 500, throughPages: 20, pace: 10 }
const soaked = await soak(plan, (now) => console.log(progress(now)))
console.log(summary(soaked))
print(judgement(soaked))
