import { wearOut, type Course } from './refreshing/run.ts'

const wanted = Number(process.argv[2] ?? 100_000)
if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Error('The number of refreshes is a whole number.')
const large = wanted >= 20_000

const courses: readonly (readonly [string, Course])[] = [
  [
    'As at Spotify: every answer brings a new refresh token, and the one before stays good until that is used',
    course({ rotation: 'lenient', refreshes: wanted, killEvery: 10_000, owedEvery: 0, freezes: large ? 3 : 0 }),
  ],
  [
    'Strict: the token before is useless at once, so an answer that does not arrive costs a link',
    course({
      ...{ rotation: 'strict', refreshes: Math.ceil(wanted / 5), killEvery: 30_000, owedEvery: 6_000 },
      freezes: large ? 1 : 0,
    }),
  ],
]

console.log('Eight processes over one Redis refresh the tokens of 5,000 people at a slow and flaky provider.\n')
for (const [heading, each] of courses) {
  const begun = performance.now()
  const { counts, faults, failures, lost, bound, duplicates, mixed, crashed } = await wearOut(each)
  console.log(heading)
  print({ ...counts, seconds: Math.round((performance.now() - begun) / 1000) })
  console.log('  of the faults')
  print(Object.fromEntries(faults))
  console.log('  what people met, before they tried again')
  print(Object.fromEntries(failures))
  print({
    'two at once for one person': duplicates,
    'somebody else’s token': mixed,
    'processes crashed': crashed,
    'links lost': lost,
  })
  console.log(`  ${lost <= bound ? 'Good' : 'Bad'}: at most ${bound} may be lost.\n`)
  if (lost > bound || duplicates > 0 || mixed > 0 || crashed > 0) process.exitCode = 1
}

function course(rest: Omit<Course, 'people' | 'processes'>): Course {
  return { people: 5_000, processes: 8, ...rest }
}

function print(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    console.log(`    ${name.padEnd(34)}${count.toLocaleString('en-US').padStart(10)}`)
}
