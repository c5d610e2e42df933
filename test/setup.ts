import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import { format } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, vi } from 'vitest'
import { allPrinted, forgetPrinted } from './world/printed.ts'
import { letTimeGoOn } from './world/stopped-time.ts'

// What a test did not expect to be complained about fails it. One that does expect it puts its own in place.
const { error, warn } = console
let complaints: string[] = []

beforeEach(({ onTestFinished }) => {
  // Not in a hook of the end: none comes after one that hangs.
  onTestFinished(letTimeGoOn)
  complaints = []
  console.error = (...words) => void complaints.push(format(...words))
  console.warn = (...words) => void complaints.push(format(...words))
})

afterEach(({ task }) => {
  console.error = error
  console.warn = warn
  if (task.result?.state === 'fail') console.log(allPrinted())
  expect(complaints, 'unexpected console.error or console.warn').toEqual([])
})

afterAll(() => {
  forgetPrinted()
  // A test that failed may have left clocks in its own hands, and the next file of this process needs the real ones.
  vi.useRealTimers()
  mock.reset()
  // Modules that have taken a timer from `node:timers/promises` by its name keep the mocked one without this.
  syncBuiltinESMExports()
})
