import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { StartupError } from './errors.ts'

/** The file of settings cannot be read or changed: the message says what to do. */
export class EnvFileError extends StartupError {}

/** What is set in the file; nothing where there is none. Throws EnvFileError. */
export function readEnvFile(path: string): NodeJS.Dict<string> {
  return attempt(path, () => (existsSync(path) ? settingsIn(path) : {}))
}

/** Adds to the environment of this process what the file sets and the environment does not. Throws EnvFileError. */
export function loadEnvFile(path: string): void {
  for (const [name, value] of Object.entries(readEnvFile(path))) process.env[name] ??= value
}

/** The text of the file, without the byte order mark that some editors put first. Throws EnvFileError. */
export function textOf(path: string): string {
  const bytes = attempt(path, () => readFileSync(path))
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Text in UTF-16 without a mark is valid UTF-8 with a zero beside each letter.
    if (!text.includes('\0')) return text
  } catch {}
  throw notUtf8(path)
}

/** Does the work on the file; what the system refuses becomes a sentence. Throws EnvFileError. */
export function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof EnvFileError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') throw new EnvFileError(`${path} is a directory. Remove it: it has to be a file.`)
    throw new EnvFileError(
      `${path} cannot be read or written (${code}). Give this user the right to, for its folder too.`,
    )
  }
}

function settingsIn(path: string): NodeJS.Dict<string> {
  const bytes = readFileSync(path)
  // Odd letters in a comment do no harm.
  const text = new TextDecoder().decode(bytes)
  const settings = parseEnv(text)
  if (/[\0\uFFFD]/.test(Object.entries(settings).join('\n')) || text.includes('\0')) throw notUtf8(path)
  const hasNone = Object.keys(settings).length === 0
  if (hasNone && /^[ \t]*[^\s#]/m.test(text))
    throw new EnvFileError(`${path} is there, but no line in it sets anything. Write lines such as PORT=8888 there.`)
  return settings
}

function notUtf8(path: string): EnvFileError {
  return new EnvFileError(
    `${path} is there, but cannot be read as UTF-8. Save it again with that encoding (in Notepad: Save as, Encoding: UTF-8).`,
  )
}
