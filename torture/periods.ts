import { add, countArgument, exactly, figure, figures, print, type Counts } from '../bench/report.ts'
import { liveReminded } from '../test/reminders/life.ts'
import { live } from '../test/roundups/simulation/life.ts'

const wanted = countArgument('periods', 10_000)
const firstSeed = Number(process.argv[3] ?? 1)
const inALife = 10

type Life = (seed: number, length: number) => Promise<{ readonly counts: Counts; readonly wrong: readonly string[] }>

console.log(
  `Three processes deliver ${wanted.toLocaleString('en-US')} periods, and reminders as often, through crashes, clock jumps and long sleeps.`,
)
await simulate('Roundups in simulated time', async (seed, periods) => {
  const { wrong, ...counts } = await live(seed, periods)
  return { counts, wrong }
})
await simulate('Reminders in simulated time', liveReminded)

async function simulate(title: string, life: Life): Promise<void> {
  const begun = performance.now()
  const counts: Counts = {}
  const wrong: string[] = []
  for (let number = 0; number * inALife < wanted; number += 1) {
    const found = await life(firstSeed + number, Math.min(inALife, wanted - number * inALife))
    for (const [name, times] of Object.entries(found.counts)) add(counts, name, times)
    wrong.push(...found.wrong)
  }
  print({
    title,
    note: wrong.slice(0, 20).join('\n'),
    rows: [
      ...figures(counts),
      exactly('wrong', wrong.length, 0),
      figure('all of it', (performance.now() - begun) / 1000, 's'),
    ],
  })
}
