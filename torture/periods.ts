import { live, type Tally } from '../test/roundups/simulation/life.ts'

const wanted = Number(process.argv[2] ?? 10_000)
if (!Number.isSafeInteger(wanted) || wanted < 1)
  throw new Error('The number of periods is a whole number, such as 10000.')
const first = Number(process.argv[3] ?? 1)
const inALife = 10

console.log(
  `Three processes deliver ${wanted.toLocaleString('en-US')} periods through crashes, clock jumps and long sleeps.\n`,
)
const begun = performance.now()
const sum: Record<string, number> = {}
const wrong: string[] = []
for (let life = 0; life * inALife < wanted; life += 1) {
  const { wrong: found, ...tally }: Tally = await live(first + life, Math.min(inALife, wanted - life * inALife))
  for (const [name, number] of Object.entries(tally)) sum[name] = (sum[name] ?? 0) + number
  wrong.push(...found)
}
sum['seconds'] = Math.round((performance.now() - begun) / 1000)

for (const [name, number] of Object.entries(sum))
  console.log(`${name.padEnd(14)}${number.toLocaleString('en-US').padStart(12)}`)
for (const line of wrong.slice(0, 20)) console.log(line)
if (wrong.length > 0) process.exitCode = 1
