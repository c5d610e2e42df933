import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../sandbox/free-port.ts'
import { installed } from '../../test/world/installed.ts'
import { until } from '../../test/world/until.ts'

export const balancers = ['nginx', 'caddy'] as const
export type BalancerName = (typeof balancers)[number]

/** Where they are installed beside the PATH of most people. */
const path = (name: BalancerName): string | undefined => installed(name) ?? installed(`../sbin/${name}`)

export function hasBalancer(name: BalancerName): boolean {
  return path(name) !== undefined
}

/** Whether it sends a POST to the next replica when the first has broken off: an older Caddy has lost the body by then. */
export function canSendAgain(name: BalancerName): boolean {
  if (name === 'nginx') return true
  const version = /(\d+)\.(\d+)\.(\d+)/.exec(execFileSync(path(name) ?? name, ['version'], { encoding: 'utf8' })) ?? []
  const [major = 0, minor = 0, patch = 0] = version.slice(1).map(Number)
  return major * 1e6 + minor * 1e3 + patch >= 2_011_004
}

/** The balancer with the file of deploy/ that is for it, in front of what listens at these ports. */
export async function startBalancer(name: BalancerName, replicas: readonly number[]) {
  const folder = mkdtempSync(join(tmpdir(), `hearsay-${name}-`))
  const port = await freePort()
  const file = join(folder, 'balancer.conf')
  const source = readFileSync(name === 'nginx' ? 'deploy/nginx.conf' : 'deploy/Caddyfile.replicas', 'utf8')
  // Names that are looked up again need Docker's resolver, and nginx 1.27.3; an older Caddy does not know the other one.
  const notHere = canSendAgain(name) ? /^ *resolver .*$| resolve(?= )/gm : /^\s*request_buffers .*$/gm
  const written = replicas
    .reduce((text, replica, index) => text.replaceAll(`replica-${index + 1}:8888`, `127.0.0.1:${replica}`), source)
    .replaceAll(/\b8888\b/g, String(port))
    .replaceAll(notHere, '')
    .replaceAll('/tmp/', `${folder}/`)
    // A pipe of ours cannot be opened by that name.
    .replaceAll('/dev/stderr', 'stderr')
  writeFileSync(file, written)
  const parameters =
    name === 'nginx'
      ? ['-e', 'stderr', '-p', folder, '-c', file, '-g', 'daemon off;']
      : ['run', '--adapter', 'caddyfile', '--config', file]
  const child = spawn(path(name) ?? name, parameters, { env: { PATH: process.env['PATH'], HOME: folder } })
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(`${name} at port ${port}`, async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${said}`)
    const socket = connect(port, '127.0.0.1')
    return once(socket, 'connect')
      .then(() => true)
      .catch(() => false)
      .finally(() => socket.destroy())
  })
  return {
    url: `http://127.0.0.1:${port}`,
    said: () => said,
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      process.off('exit', end)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
