import { exactly, figures, print } from '../bench/report.ts'
import { runCanary } from '../test/canary/run.ts'
import { startRedis } from '../test/store/redis-server.ts'

console.log(
  'The program logs everything while people link, look and export, and providers fail and quote what they saw.',
)
const redis = await startRedis()
for (const [name, where] of [
  ['the embedded store', undefined],
  ['Redis', redis],
] as const) {
  const { secrets, searched, hits } = await runCanary(where)
  print({ title: `Over ${name}: secrets that went from hand to hand`, rows: figures(secrets) })
  print({
    title: 'Bytes searched for each of them',
    note: hits.join('\n'),
    rows: [...figures(searched), exactly('hits in plain', hits.length, 0)],
  })
}
await redis.stop()
