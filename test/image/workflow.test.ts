import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Job {
  readonly container?: { readonly image: string }
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } }
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[]
}

const text = readFileSync('.github/workflows/check.yml', 'utf8')
const { jobs, permissions } = parse(text) as { jobs: Readonly<Record<string, Job>>; permissions: unknown }
const steps = Object.values(jobs).flatMap((job) => job.steps)

test('every action is a commit, with the release that it is', () => {
  const used = text.match(/uses: .*/g) ?? []
  expect(used).toHaveLength(steps.filter(({ uses }) => uses).length)
  for (const line of used) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/)
})

test('everything is checked on Node.js 24 and on 26, by the script that a machine of one’s own runs', () => {
  const { container, strategy, steps: checking } = jobs['check'] ?? expect.unreachable()
  expect(container?.image).toBe('${{ matrix.node }}')
  expect(strategy?.matrix.node.map((image) => /^node:(\d+)/.exec(image)?.[1])).toEqual(['24', '26'])
  expect(checking.map(({ run }) => run)).toContain('bash .ci/run')
})

test('the image is built and started, and no job may change anything', () => {
  const commands = jobs['image']?.steps.map(({ run }) => run)
  expect(commands).toEqual(
    expect.arrayContaining(['docker build --tag hearsay .', 'node tools/run.mjs tools/image.ts hearsay']),
  )
  expect(permissions).toEqual({ contents: 'read' })
})
