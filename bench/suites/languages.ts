import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDiscord } from '../discord.ts'
import { makeHome } from '../home.ts'
import { inTurns, type Running } from '../process.ts'
import { atMost, figure, ratio, type Report } from '../report.ts'

const nobody = { apiUrl: 'http://127.0.0.1:9/v1', accountsUrl: 'http://127.0.0.1:9' }
const rounds = 7

/** What all languages cost at the start, beside a program that has English alone. */
export async function languages(): Promise<Report[]> {
  const discord = await startDiscord()
  const home = await makeHome(discord.apiUrl, nobody)
  const english = await copyWithEnglish()
  const measured = (begin: () => Running) => () =>
    discord.withBot(begin, async (bot, answeredAt) => {
      await sleep(4000)
      return { time: answeredAt - bot.startedAt, memory: bot.resident() / 2 ** 20 }
    })
  const competitors = { all: measured(() => home.start()), alone: measured(() => home.start([], english)) }
  try {
    // What was compiled once is compiled.
    for (const start of Object.values(competitors)) await start()
    const { all, alone } = await inTurns(rounds, competitors)
    const times = [all, alone].map((found) => found.map(({ time }) => time))
    const memory = [all, alone].map((found) => found.map((one) => one.memory))
    return [
      {
        title: 'Sixteen languages beside one',
        note: 'From the start to the first answer, and resident memory four seconds later.',
        rows: [
          figure('English alone, to the first answer', times[1] ?? [], 'ms'),
          figure('all languages, to the first answer', times[0] ?? [], 'ms'),
          atMost('of English alone', ratio(times[0] ?? [], times[1] ?? []), 1.05),
          figure('English alone, memory', memory[1] ?? [], 'MB'),
          figure('all languages, memory', memory[0] ?? [], 'MB'),
          atMost('of English alone', ratio(memory[0] ?? [], memory[1] ?? []), 1.05),
        ],
      },
    ]
  } finally {
    await discord.stop()
    await home.remove()
    await rm(english, { recursive: true })
  }
}

/** The path of a copy of what is started, with a slash at its end. */
async function copyWithEnglish(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearsay-english-'))
  for (const name of [
    'src',
    'commands',
    'tools/run.mjs',
    'tools/node-builds.json',
    'locales/en-US.json',
    'package.json',
  ])
    await cp(name, join(folder, name), { recursive: true })
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  return `${folder}/`
}
