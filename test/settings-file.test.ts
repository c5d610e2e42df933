import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { changeEnvFile } from '../src/setup/env-file.ts'
import { readEnvFile } from '../src/settings-file.ts'
import { projectFolder } from './setup/operator.ts'
import { runScript } from './world/script.ts'

/** Every program that reads .env, as package.json starts it, with what it is asked to do. */
const programs = [
  ['src/main.ts'],
  ['src/doctor/main.ts'],
  ['src/setup/main.ts'],
  ['src/keys/main.ts', 'status'],
  ['src/backup/main.ts', 'backup', 'copy'],
]

describe.each(programs)('%s', (...program) => {
  test('reads over a byte order mark before the first variable, whichever that is', async () => {
    const folder = projectFolder()
    for (const lines of [
      ['DISCORD_TOKEN=bot.token.value', 'REDIS_URL=nonsense'],
      ['REDIS_URL=nonsense', 'DISCORD_TOKEN=bot.token.value'],
    ]) {
      writeFileSync(join(folder, '.env'), `\uFEFF${lines.join('\n')}`)
      const { said } = await run(folder, program)
      expect(said).toMatch(/^(?:wrong +Settings: )?REDIS_URL /m)
      expect(said).not.toContain('DISCORD_TOKEN')
    }
  })

  const utf16 = (text: string) => Buffer.from(text, 'utf16le')
  test.each<[string, (path: string) => void, string]>([
    ['in UTF-16', (path) => writeFileSync(path, utf16('\uFEFFPORT=8888\r\n')), notUtf8],
    ['in UTF-16 without a mark', (path) => writeFileSync(path, utf16('PORT=8888\r\n')), notUtf8],
    ['in UTF-16 from the other end', (path) => writeFileSync(path, utf16('\uFEFFPORT=1\n').swap16()), notUtf8],
    ['in Latin-1', (path) => writeFileSync(path, 'OPERATOR_NAME=José\n', 'latin1'), notUtf8],
    ['without a line that sets anything', (path) => writeFileSync(path, '# mine\nhello\n'), 'no line in it sets any'],
    ['that is a directory', (path) => mkdirSync(path), '.env is a directory. Remove it: it has to be a file.'],
    ['that cannot be read', (path) => symlinkSync('/proc/self/mem', path), '.env cannot be read or written (EIO).'],
  ])('says in a sentence what to do with an .env %s', async (_, make, sentence) => {
    const folder = projectFolder()
    make(join(folder, '.env'))
    const { code, said } = await run(folder, program)
    expect(code).toBe(1)
    expect(said).toContain(sentence)
    expect(said).not.toMatch(/^ +at |nobody foresaw|sandbox/m)
  })
})

const notUtf8 =
  '.env is there, but cannot be read as UTF-8. Save it again with that encoding (in Notepad: Save as, Encoding: UTF-8).'

test('a comment in another encoding does no harm to reading, and is not spoilt by writing', () => {
  const path = join(projectFolder(), '.env')
  writeFileSync(path, '# José\nPORT=8888\n', 'latin1')
  const before = readFileSync(path)
  expect({ ...readEnvFile(path) }).toEqual({ PORT: '8888' })
  expect(() => changeEnvFile(path, { PORT: '9' })).toThrow('cannot be read as UTF-8')
  expect(readFileSync(path)).toEqual(before)
})

test.each(['', '# nothing yet\n#PORT=8888\n', 'PORT=\n'])('an .env that sets nothing yet is fine: %j', (text) => {
  const path = join(projectFolder(), '.env')
  writeFileSync(path, text)
  expect(Object.values(readEnvFile(path)).join('')).toBe('')
})

function run(folder: string, program: readonly string[]) {
  return runScript(['tools/run.mjs', ...program], { cwd: folder, env: {} })
}
