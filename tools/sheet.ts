// npm run sheet -- DIR [part …]: pictures of every message that people see, or of some parts of them ("lists"); without
// parts also index.html with all of them.
import crypto from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { takeOverClock } from '../sandbox/clock.ts'
import { generator } from '../sandbox/songs/random.ts'

// So that two sheets can be compared: the same moment, and the same songs drawn.
const clock = takeOverClock(Date.UTC(2026, 10, 25, 16, 20))
const random = generator(15)
Object.assign(crypto, { randomInt: (from: number, to?: number) => drawn(to === undefined ? [0, from] : [from, to]) })
syncBuiltinESMExports()

// What is taken over counts for what is loaded after that.
const { openChromium } = await import('../test/world/chromium.ts')
const { startWorld, unhurried } = await import('../test/world/world.ts')
const { contactSheet } = await import('./sheet/contact-sheet.ts')
const { openStage } = await import('./sheet/stage.ts')
const { partsOf } = await import('./sheet/parts.ts')

const [directory, ...wanted] = process.argv.slice(2)
if (!directory) throw new Error('Say where to: npm run sheet -- DIR')
const begin = performance.now()
const sheet = new Map<string, readonly string[]>()
for (const { title, settings, hurried, play } of partsOf(clock)) {
  if (wanted.length > 0 && !wanted.includes(title.toLowerCase())) continue
  const world = await startWorld(settings, 'gateway', hurried ? undefined : unhurried)
  const chromium = await openChromium({ locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' })
  const taken: string[] = []
  try {
    await play(openStage(world, chromium, await chromium.context.newPage(), directory, taken))
  } catch (error) {
    console.error(`${title} ended after ${taken.at(-1)}:`, error)
    process.exitCode = 1
  }
  sheet.set(title, taken)
  console.log(`${title}: ${taken.length} messages`)
  await chromium.close()
  // What the program tells its operator of the troubles is none of the sheet's.
  world.errors.splice(0)
  await world.stop()
}
if (wanted.length === 0) writeFileSync(join(directory, 'index.html'), contactSheet(sheet))
const pictures = [...sheet.values()].flat().length * 4
console.log(`${pictures} pictures in ${Math.round((performance.now() - begin) / 1000)} s`)
process.exit()

function drawn([from, to]: [number, number]): number {
  return from + Math.floor(random() * (to - from))
}
