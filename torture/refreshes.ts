import { atMost, countArgument, exactly, figure, figures, print } from '../bench/report.ts'
import { refreshAll, type Plan } from './refreshes/run.ts'

const wanted = countArgument('refreshes', 100_000)
const large = wanted >= 20_000
const many = { people: 5_000, processes: 8 }

const plans: readonly (readonly [string, Plan])[] = [
  [
    'As at Spotify: every answer brings a new refresh token, and the one before stays good until that is used',
    { ...many, rotation: 'lenient', refreshes: wanted, killEvery: 10_000, owedEvery: 0, freezes: large ? 3 : 0 },
  ],
  [
    'Strict: the token before is useless at once, so an answer that does not arrive costs a link',
    {
      ...{ ...many, rotation: 'strict', refreshes: Math.ceil(wanted / 5), killEvery: 30_000, owedEvery: 6_000 },
      freezes: large ? 1 : 0,
    },
  ],
]

console.log('Eight processes over one Redis refresh the tokens of 5,000 people at a slow and flaky provider.')
for (const [title, plan] of plans) {
  const begun = performance.now()
  const { counts, faults, failures, lost, bound, duplicates, mixed, crashed } = await refreshAll(plan)
  print({
    title,
    rows: [
      ...figures(counts),
      figure('all of it', (performance.now() - begun) / 1000, 's'),
      exactly('two at once for one person', duplicates, 0),
      exactly('somebody else’s token', mixed, 0),
      exactly('processes crashed', crashed, 0),
      atMost('links lost', lost, bound),
    ],
  })
  print({ title: 'The faults among them', rows: figures(faults) })
  print({ title: 'What people met, before they tried again', rows: figures(failures) })
}
