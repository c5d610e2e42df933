import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readKeyring } from '../accounts/keyring.ts'
import { ok, type Finding } from '../doctor/finding.ts'
import { textOf } from '../settings-file.ts'
import type { Changes } from './env-file.ts'
import type { SetupSettings } from './settings.ts'

/** With Redis; the embedded store makes its own key. Throws KeyringError over a file of keys that is damaged. */
export function makeKeys(settings: SetupSettings, tell: (finding: Finding) => void): void {
  const environment = settings.environment()
  const { REDIS_URL, REDIS_URL_FILE } = environment
  const keys = missingKeys(environment)
  if (!(REDIS_URL || REDIS_URL_FILE) || !keys) return
  settings.save({ TOKEN_KEYS: keys.ring })
  const what = keys.from ? `I took the key from ${keys.from}` : 'I made a key'
  const says = `${what}, which Redis needs beside it. Keep a copy of it: without it everybody has to link again.`
  tell(ok('TOKEN_KEYS', says))
}

/** What docker-compose.yml needs besides, and the sentence about what stays behind. Throws as makeKeys. */
export function containerSecrets(environment: NodeJS.ProcessEnv): {
  readonly changes: Changes
  readonly says?: string
} {
  const keys = missingKeys(environment)
  const changes = {
    ...(keys && { TOKEN_KEYS: keys.ring }),
    ...(!environment['VALKEY_PASSWORD'] && { VALKEY_PASSWORD: randomBytes(32).toString('hex') }),
  }
  const directory = directoryOf(environment)
  if (!existsSync(join(directory, 'hearsay.sqlite'))) return { changes }
  return {
    changes,
    says: `What is linked in ${directory} stays there: nothing moves it into Valkey, so people link again.`,
  }
}

/** Those beside the embedded store where there are any, so that it still opens; undefined where TOKEN_KEYS is set. */
function missingKeys(environment: NodeJS.ProcessEnv): { readonly ring: string; readonly from?: string } | undefined {
  const { TOKEN_KEYS, TOKEN_KEYS_FILE } = environment
  if (TOKEN_KEYS || TOKEN_KEYS_FILE) return undefined
  const from = join(directoryOf(environment), 'token-keys')
  if (!existsSync(from)) return { ring: `k1:${randomBytes(32).toString('base64')}` }
  const ring = textOf(from)
    .trim()
    .replaceAll(/[\s,]+/g, ',')
  readKeyring(from)
  return { ring, from }
}

function directoryOf({ DATA_DIR }: NodeJS.ProcessEnv): string {
  return DATA_DIR || './data'
}
