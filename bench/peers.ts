import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('./', import.meta.url))
const mark = `${folder}node_modules/.installed`

/** Installs what Hearsay is measured against, into the bench's own folder, unless it is there as the lockfile says. */
export function installPeers(): void {
  const lock = readFileSync(`${folder}package-lock.json`, 'utf8')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  console.log('Installing the peers into bench/node_modules.')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const options = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const { status } = spawnSync(npm, options, { cwd: folder, stdio: 'inherit', shell: npm === 'npm.cmd' })
  if (status !== 0) throw new Error('The peers could not be installed. Run npm ci in the folder bench to see why.')
  writeFileSync(mark, lock)
}
