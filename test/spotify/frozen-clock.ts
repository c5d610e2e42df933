import { onTestFinished, vi } from 'vitest'

/** Until the answer is called, or the test ends, no time passes: no timer runs out, and clocks stand still. */
export function stopTime(): () => void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  const goOn = (): void => void vi.useRealTimers()
  onTestFinished(goOn)
  return goOn
}
