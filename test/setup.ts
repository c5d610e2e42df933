import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import { format } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, vi } from 'vitest'
import { allPrinted, forgetPrinted } from './world/printed.ts'
import { killPrograms } from './world/process.ts'
import { letTimeGoOn } from './world/stopped-time.ts'

// What a test did not expect to be complained about fails it. One that does expect it puts its own in place.
const { error, warn } = console
let complaints: string[] = []

// An end is skipped where a hook before it fails or hangs, so the next file sees to it as well.
leaveNothing()
afterAll(leaveNothing)

beforeEach(({ onTestFinished }) => {
  complaints = []
  console.error = (...words) => void complaints.push(format(...words))
  console.warn = (...words) => void complaints.push(format(...words))
  // Not in a hook of the end, for the same reason.
  onTestFinished(() => {
    letTimeGoOn()
    Object.assign(console, { error, warn })
  })
})

afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.log(allPrinted())
  expect(complaints, 'unexpected console.error or console.warn').toEqual([])
})

/** A test that failed may have left programs that run, and clocks in its own hands; the next file needs the real ones. */
function leaveNothing(): void {
  killPrograms()
  forgetPrinted()
  vi.useRealTimers()
  mock.reset()
  // Modules that have taken a timer from `node:timers/promises` by its name keep the mocked one without this.
  syncBuiltinESMExports()
}
