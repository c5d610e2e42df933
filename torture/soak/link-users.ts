import { openApp } from '../../bench/app.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import { linkDirectly, type Crowd } from '../crowd.ts'
import { accountOf } from './libraries.ts'

const atOnce = 8
const shareOne = 3
const joinOne = 20

/**
 * Links these people, by number, as the pages do it but without them: by the program's own parts, over its store and
 * its keys. Some of them share, and a few join roundups.
 */
export async function linkUsers({ env, people, discord, spotify }: Crowd, numbers: readonly number[]): Promise<void> {
  const { app, close } = await openApp(env)
  await runConcurrently(numbers, atOnce, async (number) => {
    const person = people[number] ?? ''
    await linkDirectly(app, spotify, person, accountOf(number))
    if (number % shareOne === 0) await app.sharing.set(person, discord.guild.id, true)
    if (number % joinOne === 0) await app.roundups.join(person, discord.guild.id)
  })
  await close()
}
