import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox/start.ts'
import { startProgram } from './world/process.ts'
import { startSandbox } from './world/sandbox.ts'

let sandbox: Sandbox
let directory: string
beforeAll(async () => {
  sandbox = await startSandbox()
  directory = mkdtempSync(join(tmpdir(), 'hearsay-uncaught-'))
})
afterAll(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true })
})

/** The program, in which the code that `throws` is given runs where nobody catches what it throws. */
async function startThrowing() {
  const path = join(directory, 'code.js')
  const code = `import { readFileSync } from 'node:fs'
    import { Socket } from 'node:net'
    process.on('SIGUSR2', () => new Function('Socket', readFileSync(${JSON.stringify(path)}, 'utf8'))(Socket))`
  const preload = `--import=data:text/javascript,${encodeURIComponent(code)}`
  const program = await startProgram(sandbox, { NODE_OPTIONS: preload })
  return {
    program,
    throws(thrown: string) {
      writeFileSync(path, thrown)
      process.kill(program.pid ?? 0, 'SIGUSR2')
    },
  }
}

describe('what a connection throws: a line in the log, and the program goes on', () => {
  let running: Awaited<ReturnType<typeof startThrowing>>
  beforeAll(async () => (running = await startThrowing()))
  afterAll(async () => expect(await running.program.terminate()).toBe(0))

  /** The one line that it prints about it. */
  async function saidOf(thrown: string): Promise<string> {
    const { program, throws } = running
    const before = program.output().length
    throws(thrown)
    const after = () => program.output().slice(before)
    await program.until('a line about it', () => after().endsWith('\n'))
    expect((await fetch(`${sandbox.env['PUBLIC_URL']}/health`)).status).toBe(200)
    expect(after()).toMatch(/^.*Something failed that nobody waited for.*\n$/)
    return after()
  }

  test.each([
    ['a reset', 'ECONNRESET'],
    ['an alert', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
    ['nonsense', 'HPE_INVALID_CONSTANT'],
  ])('%s that nobody listens to', async (_, code) => {
    const line = await saidOf(`new Socket().emit('error', Object.assign(new Error('broken'), { code: '${code}' }))`)
    expect(line).toContain(`"code":"${code}"`)
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
    const reset = `const reset = Object.assign(new Error('broken'), { code: 'ECONNRESET' })`
    const line = await saidOf(`${two}; ${reset}; ${thrown}`)
    expect(line).toContain(`"code":"${code}"`)
    expect(line).not.toMatch(/"stack"|\bat .*:\d+:\d+/)
  })
})

test.each([
  ['a fault of the program', `throw new TypeError('odd')`],
  ['a file that cannot be written', `throw Object.assign(new Error('no'), { code: 'EACCES', path: '/data/store' })`],
  ['a port that may not be taken', `throw Object.assign(new Error('no'), { code: 'EACCES', syscall: 'listen' })`],
  ['an address that is not here', `throw Object.assign(new Error('no'), { code: 'EADDRNOTAVAIL', syscall: 'listen' })`],
  ['a process that may not be ended', `throw Object.assign(new Error('no'), { code: 'EPERM', syscall: 'kill' })`],
  ['work that was given up', `queueMicrotask(() => AbortSignal.abort().throwIfAborted())`],
])('%s that nobody caught ends it with one line', async (_, thrown) => {
  const { program, throws } = await startThrowing()
  throws(thrown)
  expect(await program.ended()).toBe(1)
  const said = program.output().trim().split('\n')
  expect(said).toEqual([expect.stringMatching(/"level":60.*"stack":.*Hearsay ended in a way that nobody foresaw/)])
})
