import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('a press of Next on a page in hand runs through 22 files of src and commands at most', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['tools/trace.ts']).catch(
    (error: { stdout: string; stderr: string }) => expect.unreachable(error.stdout + error.stderr),
  )
  expect(stdout).toMatch(/^A press of Next on a page in hand runs through \d+ files/)
})
