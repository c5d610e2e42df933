import type { Reporter, TestModule } from 'vitest/node'
import { skippedWithout } from './world/installed.ts'

const programs = ['redis-server', 'chromium'] as const

/** Says at the end of a run what was skipped for want of a program, and the command that installs it. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const missing = programs.filter(skippedWithout)
    if (missing.length === 0) return
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]).length
    console.log(
      `${skipped} tests were skipped without ${missing.join(' and ')}: sudo apt-get install ${missing.join(' ')}`,
    )
  }
}
