import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox/start.ts'
import { startSandbox } from './world/sandbox.ts'
import { StartupError } from '../src/errors.ts'
import { startupMessage } from '../src/error-messages.ts'
import { spawnProgram, type Program } from './world/process.ts'
import { runProgram } from './world/program-here.ts'
import { waitLimit } from './world/until.ts'

let sandbox: Sandbox
let program: Program | undefined
// A fresh one each: what one program has registered, the next one does not tell Discord again.
beforeEach(async () => (sandbox = await startSandbox()))
afterEach(async () => {
  await program?.kill()
  await sandbox.close()
})

describe('SIGTERM while starting ends it with 0 within a few seconds', () => {
  test('when Discord takes the connection and never answers', async () => {
    const silent = createServer()
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    program = spawnProgram({ ...sandbox.env, DISCORD_API_URL: addressOf(silent) })
    const [connection] = await once(silent, 'connection')
    expect(await endOf(program)).toEqual({ code: 0, soon: true })
    expect(program.output()).not.toContain('   at ')
    connection.destroy()
    silent.close()
  })

  test('when its own code is not loaded yet', async () => {
    const early = `import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name === './app.ts') process.kill(process.pid, 'SIGTERM')
        return next(name, context)
      } })`
    const preload = `--import=data:text/javascript,${encodeURIComponent(early)}`
    program = spawnProgram({ ...sandbox.env, NODE_OPTIONS: preload })
    expect(await program.ended()).toBe(0)
    expect(program.output()).not.toContain('   at ')
  })

  test('when the gateway never makes it ready', async () => {
    sandbox.discord.admitShard = () => 'silence'
    program = spawnProgram(sandbox.env)
    await expect.poll(() => sandbox.discord.identified).toContain(0)
    expect(await endOf(program)).toEqual({ code: 0, soon: true })
    expect(program.output()).not.toContain('   at ')
  })
})

describe('the gateway that Discord names', () => {
  const named = (url: string) => {
    const session_start_limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 }
    sandbox.discord.failNext(/gateway\/bot$/, 200, { url, shards: 1, session_start_limit }, 2)
  }

  test('refuses the connection: it is said once, and tried again', async () => {
    named('ws://127.0.0.1:9')
    const here = runProgram(sandbox.env)
    const line = await here.prints('did not take it; it is tried again')
    expect(line).toContain('WebSocket connections to ws://127.0.0.1:9')
    expect(await here.terminate()).toBe(0)
  })

  test.each([
    [
      'has a name that does not resolve',
      'wss://gateway.invalid',
      /The name gateway\.invalid does not|DNS does not answer/,
    ],
    ['is a web server', '', /127\.0\.0\.1:\d+ does not take WebSocket connections\. Check for a proxy/],
  ])('%s: the start says so', async (_, url, says) => {
    named(url || sandbox.discord.apiUrl.replace('http', 'ws'))
    const said = await failure(sandbox.env)
    expect(said).toMatch(says)
    expect(said).not.toContain('   at ')
    sandbox.discord.surprises.length = 0
  })
})

describe('a start that fails says one sentence and no stack', () => {
  test('CF-173 PORT is no number in the sandbox', async () => {
    expect(await failure({ PORT: 'abc' })).toBe('PORT must be a port, a number from 1 to 65535.')
  })

  test('CF-173 PORT is taken in the sandbox', async () => {
    const other = createServer()
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as AddressInfo
    expect(await failure({ PORT: String(port) })).toMatch(
      new RegExp(`^Port ${port} is already in use.*PORT=\\d+ npm start$`),
    )
    other.close()
  })

  test('DS-149 the gateway refuses for good before it is ready', async () => {
    sandbox.discord.admitShard = () => 4014
    expect(await failure(sandbox.env)).toMatch(/^Discord gave the reason 4014;/)
  })

  test.each(['gateway', 'http'])('Discord does not know the token, by way of %s', async (way) => {
    const key: Record<string, string> = way === 'http' ? { DISCORD_PUBLIC_KEY: sandbox.discord.publicKey } : {}
    expect(await failure({ ...sandbox.env, ...key, DISCORD_TOKEN: 'bm90.dGhl.dG9rZW4' })).toBe(
      'Discord does not accept DISCORD_TOKEN. Copy the bot token again.',
    )
  })

  test('DISCORD_GUILD_ID is a server without the bot', async () => {
    const said = await failureHere({ ...sandbox.env, DISCORD_GUILD_ID: '123456789012345678' })
    expect(said).toMatch(/^The bot is not in the server that DISCORD_GUILD_ID names\./)
  })

  test('DISCORD_CLIENT_ID is another application', async () => {
    const said = await failureHere({ ...sandbox.env, DISCORD_CLIENT_ID: '123456789012345678' })
    expect(said).toMatch(/^DISCORD_CLIENT_ID and DISCORD_TOKEN belong to different applications\./)
  })

  test('Discord refuses commands, each of which is named', async () => {
    const length = [{ code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 100 in length.' }]
    const errors = { 0: { options: { 1: { name: { _errors: length } } } }, 2: { description: { _errors: length } } }
    sandbox.discord.failNext(/PUT .*commands/, 400, { code: 50035, message: 'Invalid Form Body', errors })
    const said = await failureHere(sandbox.env)
    expect(said.split('\n')).toEqual([
      expect.stringMatching(
        /^Discord refuses commands\/[\w/]+\.ts: options\.1\.name: Must be between 1 and 100 in length\.$/,
      ),
      expect.stringMatching(
        /^Discord refuses commands\/[\w/]+\.ts: description: Must be between 1 and 100 in length\.$/,
      ),
    ])
  })

  test('Discord breaks down over the commands', async () => {
    sandbox.discord.failNext(/PUT .*commands/, 503, {}, 4)
    expect(await failureHere(sandbox.env)).toMatch(
      /^Discord answered 503 again and again: .* Start Hearsay again in a minute;/,
    )
  })

  test('what came first is said, also where closing failed after it', () => {
    const first = new StartupError('commands/liked.ts has no run function')
    const twice = new SuppressedError(new Error('third'), new SuppressedError(new Error('second'), first))
    expect(startupMessage(twice)).toBe('commands/liked.ts has no run function')
    expect(startupMessage(new SuppressedError(first, new Error('unforeseen')))).toBeUndefined()
  })
})

async function failure(env: Readonly<Record<string, string>>): Promise<string> {
  program = spawnProgram(env)
  expect(await program.ended()).toBe(1)
  return program.output().trim()
}

/** The same without a process, for what Discord answers. */
async function failureHere(env: Readonly<Record<string, string>>): Promise<string> {
  const here = runProgram(env)
  expect(await here.ended()).toBe(1)
  return here.output().trim()
}

async function endOf(program: Program) {
  const start = performance.now()
  // A program that waits for Discord instead gives a request up after four times ten seconds.
  return { code: await program.terminate(), soon: performance.now() - start < waitLimit / 2 }
}

function addressOf(server: ReturnType<typeof createServer>): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
