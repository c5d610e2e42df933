import { readFileSync } from 'node:fs'
import { ConfigError, readConfig, type Config } from '../config.ts'
import { readEnvFile } from '../settings-file.ts'
import { changeEnvFile, type Changes } from './env-file.ts'

export type SetupSettings = ReturnType<typeof openSettings>

/** In the place of what is still to be asked, so that the rest can be read and used. */
const standIns: Changes = {
  DISCORD_TOKEN: 'none',
  DISCORD_CLIENT_ID: '10000000000000000',
  DISCORD_CLIENT_SECRET: 'none',
  SPOTIFY_CLIENT_ID: 'none',
  SPOTIFY_CLIENT_SECRET: 'none-yet',
  PUBLIC_URL: 'http://127.0.0.1:8888',
}

/** What is set in the file, and in the environment around it, which the file cannot change. */
export function openSettings(path: string, around: NodeJS.ProcessEnv) {
  let isChanged = false
  let held: Changes = {}
  return { environment, valueOf, isAround, configWith, save, hold, end }

  /** What a start would find. */
  function environment(): NodeJS.ProcessEnv {
    return { ...readEnvFile(path), ...around }
  }

  /** What is set and can be used; empty where nothing is. */
  function valueOf(name: string): string {
    const { [name]: value, [`${name}_FILE`]: file } = environment()
    try {
      readConfig({ ...standIns, [name]: value, [`${name}_FILE`]: file })
      return value || (file ? readFileSync(file, 'utf8').trim() : '')
    } catch {
      return ''
    }
  }

  function isAround(name: string): boolean {
    return Boolean(around[name] || around[`${name}_FILE`])
  }

  /** Everything that can be used, with these changes. Throws ConfigError over what cannot. */
  function configWith(changes: Changes): Config {
    const missing = Object.keys(standIns).filter((name) => valueOf(name) === '')
    const standing = missing.flatMap((name) => [
      [name, standIns[name]],
      [`${name}_FILE`, undefined],
    ])
    return readConfig({ ...environment(), ...Object.fromEntries(standing), ...whole(changes) })
  }

  function save(changes: Changes): void {
    const before = environment()
    const news = Object.entries(whole(changes)).filter(([name, value]) => before[name] !== value)
    if (news.length === 0) return
    changeEnvFile(path, Object.fromEntries(news))
    isChanged = true
  }

  /** Remembers what is being tried, for an end before that is over. */
  function hold(changes: Changes): void {
    held = changes
  }

  /** Saves what is held, and tells whether anything has changed since the beginning. */
  function end(): boolean {
    save(held)
    return isChanged
  }
}

/** What is set itself comes from no other file any more. */
function whole(changes: Changes): Changes {
  return Object.fromEntries(
    Object.entries(changes).flatMap(([name, value]) => [
      [name, value],
      [`${name}_FILE`, undefined],
    ]),
  )
}

/** What is wrong with settings, a sentence each; none where `read` can read them. */
export function flawsIn(read: () => Config): string[] {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
}
