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
  ['a port that may not be taken', `throw Object.assign(new Error('no'), { code: 'EACCES', syscall: 'listen' })`],
  ['an address that is not here', `throw Object.assign(new Error('no'), { code: 'EADDRNOTAVAIL', syscall: 'listen' })`],
  ['a process that may not be ended', `throw Object.assign(new Error('no'), { code: 'EPERM', syscall: 'kill' })`],
  ['work that was given up', `queueMicrotask(() => AbortSignal.abort().throwIfAborted())`],
])('%s that nobody caught ends it with one line', async (_, thrown) => {
  await startThrowing(thrown)
  expect(await program.ended()).toBe(1)
  const said = program.output().trim().split('\n')
  expect(said).toEqual([expect.stringMatching(/"level":60.*"stack":.*Hearsay ended in a way that nobody foresaw/)])
})

test.each([
  ['a reset', `new Socket().emit('error', Object.assign(new Error('broken'), { code: 'ECONNRESET' }))`, 'ECONNRESET'],
  ['nobody who listens', `new Socket().connect(9, '127.0.0.1')`, 'ECONNREFUSED'],
  ['nobody at any of two addresses', `new Socket().connect({ host: 'two', port: 9, lookup: two })`, 'ECONNREFUSED'],
  ['a firewall', `throw Object.assign(new Error('no'), { code: 'EPERM', syscall: 'connect' })`, 'EPERM'],
  ['an outer failure', `throw new Error('outer', { cause: new Error('inner', { cause: reset }) })`, 'ECONNRESET'],
  ['a fetch', `fetch('http://127.0.0.1:10/')`, 'ECONNREFUSED'],
  ['a rejection', `Promise.reject(reset)`, 'ECONNRESET'],
])('the line about %s has code and causes, and no stack', async (_, thrown, code) => {
  const two = `const two = (_name, _options, done) => done(null, ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })))`
  await startThrowing(`${two}; const reset = Object.assign(new Error('broken'), { code: 'ECONNRESET' }); ${thrown}`)
  const line = await program.prints('Something failed that nobody waited for')
  expect(line).toContain(`"code":"${code}"`)
  expect(line).not.toMatch(/"stack"|\bat .*:\d+:\d+/)
  expect(await program.terminate()).toBe(0)
})
