import { runCanary } from '../test/canary/run.ts'
import { startRedis } from '../test/store/redis-server.ts'

console.log(
  'The program logs everything while people link, look and export, and providers fail and quote what they saw.',
)
const redis = await startRedis()
for (const [heading, where] of [
  ['Over the embedded store', undefined],
  ['Over Redis', redis],
] as const) {
  const { secrets, searched, hits } = await runCanary(where)
  console.log(`\n${heading}: secrets that went from hand to hand`)
  print(secrets)
  console.log('  bytes searched for each of them')
  print(searched)
  print({ 'hits in plain': hits.length })
  for (const hit of hits) console.log(`    ${hit}`)
  if (hits.length > 0) process.exitCode = 1
}
await redis.stop()

function print(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    console.log(`    ${name.padEnd(28)}${count.toLocaleString('en-US').padStart(12)}`)
}
