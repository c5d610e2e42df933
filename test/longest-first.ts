import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, much of it in a single test: begun last, it would be what everybody waits for. */
const long = [
  'stories/removals',
  'stories/stored-libraries',
  'consent/model',
  'accounts/crossing',
  'waits',
  'torture/faults',
  'browser/accessible',
  'roundups/simulation',
]

/** On a machine that has not run them yet, vitest goes by the size of files. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // It is vitest's, not that of an array.
    // oxlint-disable-next-line unicorn/no-array-sort
    const rest = await super.sort(files)
    return long
      .flatMap((name) => rest.filter(({ moduleId }) => moduleId.endsWith(`/test/${name}.test.ts`)))
      .concat(rest.filter(({ moduleId }) => !long.some((name) => moduleId.endsWith(`/test/${name}.test.ts`))))
  }
}
