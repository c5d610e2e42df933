import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { atTerminal, type Person } from '../world/terminal.ts'

/** The project as after npm ci, in a folder of its own without settings and data. */
export function projectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-setup-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['src', 'tools', 'commands', 'locales', 'node_modules', 'package.json'])
    symlinkSync(resolve(name), join(folder, name))
  return folder
}

/** Runs what npm run setup runs, with the sandbox's Discord and Spotify in the place of the real ones. */
export function sitsDown(folder: string, sandbox: Sandbox, environment: Record<string, string> = {}): Person {
  return atTerminal(`${process.execPath} tools/run.mjs src/setup/main.ts`, folder, {
    ...providers(sandbox),
    ...environment,
  })
}

function providers({ discord, spotify }: Sandbox): Record<string, string> {
  return {
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_AUTHORIZE_URL: discord.authorizeUrl,
    SPOTIFY_API_URL: spotify.apiUrl,
    SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
  }
}
