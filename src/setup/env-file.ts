import { chmodSync, existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual, parseEnv } from 'node:util'
import { attempt, EnvFileError, textOf } from '../settings-file.ts'

/** Variables by name; undefined for those that are to go. */
export type Changes = Readonly<Record<string, string | undefined>>

const heading = '# Written by npm run setup. docs/settings.md has every setting.\n'

/** Lets only its owner read the file, where there is one. Throws EnvFileError, also where it cannot be changed later. */
export function closeEnvFile(path: string): void {
  attempt(path, () => existsSync(path) && textOf(path) && chmodSync(path, 0o600))
}

/** Changes these variables and nothing else in the file, for its owner's eyes. All of it, or nothing. Throws EnvFileError. */
export function changeEnvFile(path: string, changes: Changes): void {
  attempt(path, () => {
    const isThere = existsSync(path)
    const text = withChanges(isThere ? textOf(path) : heading, changes)
    const target = isThere ? realpathSync(path) : path
    rmSync(`${target}.new`, { force: true })
    writeFileSync(`${target}.new`, text, { mode: 0o600, flag: 'wx', flush: true })
    renameSync(`${target}.new`, target)
  })
}

/** The text of such a file with other values; comments, order and every other variable stay. Throws EnvFileError. */
export function withChanges(text: string, changes: Changes): string {
  return Object.entries(changes).reduce((before, [name, value]) => withChange(before, name, value), text)
}

function withChange(text: string, name: string, value: string | undefined): string {
  const { [name]: old, ...others } = parseEnv(text)
  if (old === value) return text
  const wanted = value === undefined ? others : { ...others, [name]: value }
  const found = attempts(text, name, value).find((one) => isDeepStrictEqual({ ...parseEnv(one) }, wanted))
  if (found !== undefined) return found
  throw new EnvFileError(
    `${name} cannot be written to .env. Check it, and .env, for quotation marks that nothing closes.`,
  )
}

/** In the place of what was set, behind the comment that shows how to set it, or at the end. */
function* attempts(text: string, name: string, value: string | undefined): Generator<string> {
  const set = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*(?:\\r?\\n|$)`, 'gm')
  const shown = new RegExp(`^[ \\t]*#[ \\t]*${name}[ \\t]*=.*(?:\\r?\\n|$)`, 'm')
  if (value === undefined) yield text.replace(set, '')
  for (const quote of value === undefined ? [] : ['', "'", '"', '`']) {
    const line = `${name}=${quote}${value}${quote}\n`
    let isWritten = false
    if (quote === '' && !/^[\w.:/@+=,~-]+$/.test(value ?? '')) continue
    yield text.replace(set, () => (isWritten ? '' : ((isWritten = true), line)))
    yield text.replace(shown, (comment) => closed(comment) + line)
    yield closed(text) + line
  }
}

/** With a line break at its end. */
function closed(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
