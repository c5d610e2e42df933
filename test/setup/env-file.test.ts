import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runs } from '../world/runs.ts'
import { readEnvFile } from '../../src/settings-file.ts'
import { changeEnvFile, withChanges } from '../../src/setup/env-file.ts'

describe('the text of .env with another value', () => {
  test.each<[string, string, Record<string, string | undefined>, string]>([
    ['in its place', 'A=1\n# why\nB=2 # old\nC=3\n', { B: '4' }, 'A=1\n# why\nB=4\nC=3\n'],
    ['as long as the file has no last line break', 'A=1', { B: '2' }, 'A=1\nB=2\n'],
    ['of one that is exported', 'export A=1\n', { A: '2' }, 'A=2\n'],
    ['of one that is set twice', 'A=1\nB=2\nA=3\n', { A: '4' }, 'A=4\nB=2\n'],
    ['behind the comment that shows it', '#A=your-a\n#B=your-b\n', { A: '1' }, '#A=your-a\nA=1\n#B=your-b\n'],
    ['which is the one there', "A='1'\n", { A: '1' }, "A='1'\n"],
    ['taken out', 'A=1\nA_FILE=/run/a\nB=2\n', { A_FILE: undefined }, 'A=1\nB=2\n'],
    ['beside a value of several lines that looks like it', "X='\nA=1\n'\nA=2\n", { A: '3' }, "X='\nA=1\n'\nA=2\nA=3\n"],
    ['with blanks and a quotation mark', '', { A: "Ana's #1 bot" }, `A="Ana's #1 bot"\n`],
    ['that a shell would read otherwise', '', { A: 'a$b' }, "A='a$b'\n"],
    ['with $& in it', 'A=1\n', { A: "$&'x" }, `A="$&'x"\n`],
    ['with Windows line breaks around it', 'A=1\r\nB=2\r\n', { A: '3' }, 'A=3\nB=2\r\n'],
  ])('%s', (_, text, changes, expected) => {
    expect(withChanges(text, changes)).toBe(expected)
  })

  test('is refused where nothing can hold it', () => {
    expect(() => withChanges('', { A: `'"\`` })).toThrow(
      /^A cannot be written to \.env\. Check it, and \.env, for quot/,
    )
  })

  const line = fc.oneof(
    fc.stringMatching(/^(?:export )?[AB]{1,2} ?= ?['"`]?[ -~]{0,6}['"`]?(?: #x)?$/),
    fc.stringMatching(/^#? ?[AB]{0,2}=?[ -~]{0,6}$/),
  )
  const texts = fc.array(line).chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\r\n')}\r\n`))

  test('sets it, and changes no other variable and no comment', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('A', 'B', 'AB'), fc.stringMatching(/^[!-~]{1,8}$/), (text, name, value) => {
        let changed: string
        try {
          changed = withChanges(text, { [name]: value })
        } catch (error) {
          expect((error as Error).name).toBe('EnvFileError')
          return
        }
        expect({ ...parseEnv(changed) }).toEqual({ ...parseEnv(text), [name]: value })
        const comments = (whole: string) => whole.split(/\r?\n/).filter((one) => /^\s*#/.test(one))
        expect(comments(changed)).toEqual(comments(text))
      }),
      { numRuns: runs(2000) },
    )
  })
})

describe('the file', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearsay-env-'))
    path = join(folder, '.env')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is read by nobody else from its first byte, whatever a run before has left', () => {
    writeFileSync(`${path}.new`, 'left', { mode: 0o666 })
    changeEnvFile(path, { A: '1' })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatch(/^# Written by npm run setup.*\nA=1\n$/)
  })

  test('stays where a link leads to', () => {
    writeFileSync(join(folder, 'real'), 'A=1\n')
    symlinkSync(join(folder, 'real'), path)
    changeEnvFile(path, { A: '2' })
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('A=2\n')
  })

  test('loses its byte order mark, behind which the first variable would be another', () => {
    writeFileSync(path, '\uFEFFA=1\nB=2\n')
    expect({ ...readEnvFile(path) }).toEqual({ A: '1', B: '2' })
    changeEnvFile(path, { B: '3' })
    expect(readFileSync(path, 'utf8')).toBe('A=1\nB=3\n')
  })

  test('is a directory, or in a folder where nothing can be written: a sentence', () => {
    mkdirSync(path)
    expect(() => readEnvFile(path)).toThrow(/\.env is a directory\. Remove it: it has to be a file\.$/)
    expect(() => changeEnvFile('/proc/hearsay/.env', { A: '1' })).toThrow(/cannot be read or written \(ENOENT\)\. Give/)
  })
})
