import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox/start.ts'
import { startProgram, type Program } from './world/process.ts'
import { startSandbox } from './world/sandbox.ts'

let sandbox: Sandbox
let program: Program
beforeEach(async () => (sandbox = await startSandbox()))
afterEach(async () => {
  await program.kill()
  await sandbox.close()
})

/** The program, in which something throws where nobody catches it once it is asked for SIGUSR2. */
async function startThrowing(thrown: string): Promise<void> {
  const code = `import { Socket } from 'node:net'
    process.on('SIGUSR2', () => { ${thrown} })`
  const preload = `--import=data:text/javascript,${encodeURIComponent(code)}`
  program = await startProgram(sandbox, { NODE_OPTIONS: preload })
  process.kill(program.pid ?? 0, 'SIGUSR2')
}

test.each([
  ['a reset', 'ECONNRESET'],
  ['an alert', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
  ['nonsense', 'HPE_INVALID_CONSTANT'],
])('%s on a connection that nobody listens to: a line in the log, and the program goes on', async (_, code) => {
  await startThrowing(`new Socket().emit('error', Object.assign(new Error('broken'), { code: '${code}' }))`)
  await program.prints('Something failed that nobody waited for')
  expect((await fetch(`${sandbox.env['PUBLIC_URL']}/health`)).status).toBe(200)
  expect(await program.terminate()).toBe(0)
})

test.each([
  ['a fault of the program', `throw new TypeError('odd')`],
  ['a file that cannot be written', `throw Object.assign(new Error('no'), { code: 'EACCES', path: '/data/store' })`],
])('%s that nobody caught ends it with one line', async (_, thrown) => {
  await startThrowing(thrown)
  expect(await program.ended()).toBe(1)
  const said = program.output().trim().split('\n')
  expect(said).toEqual([expect.stringMatching(/"level":60.*Hearsay ended in a way that nobody foresaw/)])
})
