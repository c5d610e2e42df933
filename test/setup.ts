import { format } from 'node:util'
import { afterEach, beforeEach, expect } from 'vitest'

// What a test did not expect to be complained about fails it. One that does expect it puts its own in place.
const { error, warn } = console
let complaints: string[] = []

beforeEach(() => {
  complaints = []
  console.error = (...words) => void complaints.push(format(...words))
  console.warn = (...words) => void complaints.push(format(...words))
})

afterEach(() => {
  console.error = error
  console.warn = warn
  expect(complaints, 'unexpected console.error or console.warn').toEqual([])
})
