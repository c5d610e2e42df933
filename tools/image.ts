// Runs an image by Docker as docker-compose.yml does, in a sandbox's world, and says what is wrong with it.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../sandbox/start.ts'

const [image = 'hearsay'] = process.argv.slice(2)
const locked = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges:true', '--init']
const patience = 60_000

const dockerfile = readFileSync('Dockerfile', 'utf8')
const [, version] = /^ARG NODE=node:([\d.]+)-/m.exec(dockerfile) ?? []
const copied = dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm).flatMap(([, names = '']) => names.split(' '))
const expected = [...new Set([...copied, 'node_modules'])].filter((name) => name !== 'package-lock.json')

const look = `JSON.stringify({ node: process.versions.node, isRoot: process.getuid() === 0, files: fs.readdirSync('.') })`
const said = execFileSync('docker', ['run', '--rm', ...locked, image, 'node', '-p', look], { encoding: 'utf8' })
const found = JSON.parse(said) as { node: string; isRoot: boolean; files: string[] }
if (found.isRoot) complain('It runs as root.')
if (found.node !== version) complain(`It has Node.js ${found.node}, and not ${version}.`)
const odd = new Set(found.files).symmetricDifference(new Set(expected))
if (odd.size > 0) complain(`These are in it and should not be, or the other way round: ${[...odd].join(', ')}.`)

const sandbox = await startSandbox({ port: 0 })
try {
  // Neither of these folders is in it.
  const { DATA_DIR: _, LOCALES_DIR: __, ...settings } = sandbox.env
  const environment = Object.entries(settings).map(([name, value]) => `--env=${name}=${value}`)
  const child = spawn('docker', ['run', '--rm', ...locked, '--network=host', ...environment, image], {
    stdio: 'inherit',
  })
  const ended = once(child, 'exit')
  const health = `${settings['PUBLIC_URL']}/health`
  if (!(await answers(health, () => child.exitCode === null))) complain(`${health} does not answer with 200.`)
  // Docker's client passes it on.
  child.kill('SIGTERM')
  const [code] = (await ended) as [number | null]
  if (code !== 0) complain(`It ended with ${code} when it was asked to end.`)
} finally {
  await sandbox.close()
}
if (process.exitCode === undefined) console.log('The image starts, answers and ends as it should.')

async function answers(url: string, isRunning: () => boolean): Promise<boolean> {
  for (const giveUpAt = performance.now() + patience; isRunning() && performance.now() < giveUpAt; await sleep(100)) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 200) return true
  }
  return false
}

function complain(sentence: string): void {
  console.error(sentence)
  process.exitCode = 1
}
