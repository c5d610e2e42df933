import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDirectory, thisMachine } from '../../src/doctor/directory.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hearsay-doctor-'))
  chmodSync(directory, 0o700)
})
afterEach(() => rmSync(directory, { recursive: true }))

const megabyte = 2 ** 20
const keys = () => join(directory, 'token-keys')

/** On a machine where this much is otherwise. */
function found(changes: Partial<typeof thisMachine>, path = directory) {
  return checkDirectory(path, keys(), { ...thisMachine, ...changes })
}

test('files from a start with sudo: each that this user may not use is named, with the command', () => {
  for (const name of ['hearsay.sqlite', 'lock.sqlite', 'token-keys', 'reserve'])
    writeFileSync(join(directory, name), '')
  expect(found({ may: (path) => path === directory })).toEqual([
    {
      verdict: 'wrong',
      about: 'DATA_DIR',
      says: expect.stringMatching(/may not .* hearsay\.sqlite, lock\.sqlite, token-keys in .*: sudo chown -R /),
    },
  ])
  const [alone] = found({ may: (path) => basename(path) !== 'token-keys' })
  expect(alone?.says).toContain('write token-keys in')
})

test('a directory of somebody else, which a start could not close to others', () => {
  const [finding] = found({ user: 4_711 })
  expect(finding).toMatchObject({ verdict: 'wrong', says: expect.stringContaining('does not belong to this user') })
})

test('a disk without room, also for what is not there yet', () => {
  const space = (free: number, path = directory) => found({ freeBytes: () => free }, path).at(-1)
  const full = { verdict: 'wrong', about: 'Disk space', says: expect.stringMatching(/^3 MB are free\. .* Free some/) }
  expect(space(3 * megabyte)).toEqual(full)
  expect(space(3 * megabyte, join(directory, 'not', 'yet'))).toEqual(full)
  expect(space(10 * megabyte)).toMatchObject({ verdict: 'note', says: expect.stringContaining('from 64 MB on') })
  expect(space(100 * megabyte)).toMatchObject({ verdict: 'ok' })
  writeFileSync(join(directory, 'reserve'), '')
  expect(space(3 * megabyte)).toMatchObject({ verdict: 'note' })
})
