import { add, countArgument, exactly, figure, figures, print, type Counts } from '../bench/report.ts'
import { liveReminded } from '../test/reminders/life.ts'
import { live } from '../test/roundups/simulation/life.ts'

const wanted = countArgument('periods', 10_000)
const firstSeed = Number(process.argv[3] ?? 1)
const inALife = 10

console.log(
  `Three processes deliver ${wanted.toLocaleString('en-US')} periods through crashes, clock jumps and long sleeps.`,
)
const begun = performance.now()
const counts: Counts = {}
const wrong: string[] = []
for (let life = 0; life * inALife < wanted; life += 1) {
  const { wrong: found, ...counted } = await live(firstSeed + life, Math.min(inALife, wanted - life * inALife))
  for (const [name, number] of Object.entries(counted)) add(counts, name, number)
  wrong.push(...found)
}
print({
  title: 'Roundups in simulated time',
  note: wrong.slice(0, 20).join('\n'),
  rows: [
    ...figures(counts),
    exactly('wrong', wrong.length, 0),
    figure('all of it', (performance.now() - begun) / 1000, 's'),
  ],
})

const begunReminders = performance.now()
const reminded: Counts = {}
const wrongReminders: string[] = []
for (let life = 0; life * inALife < wanted; life += 1) {
  const { wrong: found, counts: counted } = await liveReminded(
    firstSeed + life,
    Math.min(inALife, wanted - life * inALife),
  )
  for (const [name, number] of Object.entries(counted)) add(reminded, name, number)
  wrongReminders.push(...found)
}
print({
  title: 'Reminders in simulated time',
  note: wrongReminders.slice(0, 20).join('\n'),
  rows: [
    ...figures(reminded),
    exactly('wrong', wrongReminders.length, 0),
    figure('all of it', (performance.now() - begunReminders) / 1000, 's'),
  ],
})
