import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { runScript } from './world/script.ts'

describe('the launcher on a Node that is too old', () => {
  let directory: string
  let installed: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hearsay-launcher-'))
    copyFileSync('tools/run.mjs', join(directory, 'run.mjs'))
    knows(createHash('sha512').update(readFileSync(process.execPath)).digest('base64'))
    mkdirSync(join(directory, 'node_modules', '.bin'), { recursive: true })
    mkdirSync(join(directory, 'node_modules', 'a-node', 'bin'), { recursive: true })
    installed = join(directory, 'node_modules', 'a-node', 'bin', 'node')
    symlinkSync(process.execPath, installed)
    writeFileSync(join(directory, 'hello.js'), "console.log('hello', process.argv[2])")
    writeFileSync(
      join(directory, 'old.cjs'),
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })",
    )
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  test('CF-182 says so before it fetches another, in one line, and then runs the script', async () => {
    const fetch = join(directory, 'fetch')
    npmThat(`while test -d '${directory}' -a ! -e '${fetch}'; do sleep 0.05; done; echo '${path()}'`)
    const launched = launch()
    await once(launched.child.stderr, 'data')
    writeFileSync(fetch, '')
    await launched.ended
    expect(launched.said()).toEqual({
      code: 0,
      out: 'hello world\n',
      error: expect.stringMatching(/^Node\.js 20\.1\.0 is too old.*\n$/),
    })
  })

  test('says nothing where it is asked to be quiet', async () => {
    npmThat(`echo '${path()}'`)
    const launched = launch({ HEARSAY_QUIET_LAUNCH: '1' })
    await launched.ended
    expect(launched.said()).toEqual({ code: 0, out: 'hello world\n', error: '' })
  })

  test('ends with 0 when it is asked to end before there is anything to end', async () => {
    const fetching = join(directory, 'fetching')
    npmThat(`touch '${fetching}'; exec sleep 60`)
    const launched = launch({ HEARSAY_QUIET_LAUNCH: '1' })
    await expect.poll(() => existsSync(fetching)).toBe(true)
    launched.child.kill('SIGTERM')
    await launched.ended
    expect(launched.said()).toEqual({ code: 0, out: '', error: '' })
  })

  test('CF-182 says what to do where there is no npm at all', async () => {
    const launched = launch({ HEARSAY_QUIET_LAUNCH: '1', PATH: directory })
    await launched.ended
    expect(launched.said()).toMatchObject({ code: 1, out: '', error: expect.stringMatching(/^[^\n]*nodejs\.org\.\n$/) })
  })

  test('CF-182 says what to do where none can be fetched', async () => {
    npmThat('exit 1')
    const launched = launch({ HEARSAY_QUIET_LAUNCH: '1' })
    await launched.ended
    expect(launched.said()).toMatchObject({ code: 1, out: '', error: expect.stringContaining('nodejs.org') })
  })

  test('CF-182 does not start one that differs from what is known of it', async () => {
    rmSync(installed)
    writeFileSync(installed, `#!/bin/sh\ntouch '${join(directory, 'ran')}'\n`, { mode: 0o755 })
    npmThat(`echo '${path()}'`)
    const launched = launch({ HEARSAY_QUIET_LAUNCH: '1' })
    await launched.ended
    expect(launched.said()).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/^[^\n]*not started[^\n]*\n$/),
    })
    expect(existsSync(join(directory, 'ran'))).toBe(false)
  })

  test.runIf(process.execPath.includes('node_modules'))('knows the one that these tests run on', () => {
    const [, name = ''] = /node_modules[\\/]([^\\/]+)/.exec(process.execPath) ?? []
    const known = Object.values(builds()).find((build) => build.package === `${name}@${process.versions.node}`)
    if (!known) return
    expect(known.sha512).toBe(createHash('sha512').update(readFileSync(process.execPath)).digest('base64'))
  })

  test('knows one for each platform, by the hash of its program', () => {
    expect(Object.keys(builds())).toContain('linux-x64')
    for (const build of Object.values(builds())) {
      expect(build.package).toMatch(/^node-[a-z0-9-]+@\d+\.\d+\.\d+$/)
      expect(Buffer.from(build.sha512, 'base64')).toHaveLength(64)
    }
  })

  function builds(): Record<string, { package: string; sha512: string }> {
    return JSON.parse(readFileSync('tools/node-builds.json', 'utf8')) as Record<
      string,
      { package: string; sha512: string }
    >
  }

  function knows(sha512: string): void {
    const builds = { [`${process.platform}-${process.arch}`]: { package: 'a-node@24.0.0', sha512 } }
    writeFileSync(join(directory, 'node-builds.json'), JSON.stringify(builds))
  }

  /** What npm puts in front of the search path. */
  function path(): string {
    return [join(directory, 'node_modules', '.bin'), '/usr/bin'].join(delimiter)
  }

  function npmThat(does: string): void {
    writeFileSync(join(directory, 'npm'), `#!/bin/sh\n${does}\n`, { mode: 0o755 })
  }

  function launch(env: Record<string, string> = {}) {
    const path = `${directory}${delimiter}${process.env['PATH']}`
    const launcher = [
      '--require',
      join(directory, 'old.cjs'),
      join(directory, 'run.mjs'),
      join(directory, 'hello.js'),
      'world',
    ]
    const child = spawn(process.execPath, launcher, { env: { PATH: path, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const said = { out: '', error: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.error += chunk.toString()))
    return { child, ended: once(child, 'close'), said: () => ({ code: child.exitCode, ...said }) }
  }
})

describe('without the packages', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearsay-bare-'))
    for (const name of ['src', 'sandbox', 'tools', 'commands', 'locales', 'package.json'])
      cpSync(name, join(folder, name), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test.each([
    ['src/main.ts'],
    ['src/doctor/main.ts'],
    ['src/setup/main.ts'],
    ['src/keys/main.ts', 'status'],
    ['src/backup/main.ts', 'restore', 'copy'],
  ])('%s says to run npm ci, and that alone', async (...script) => {
    expect(await run(script)).toEqual({ code: 1, said: notInstalled })
  })

  test('so it does before it fetches another Node for nothing', async () => {
    writeFileSync(
      join(folder, 'old.cjs'),
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })",
    )
    expect(await run(['src/main.ts'], ['--require', './old.cjs'])).toEqual({ code: 1, said: notInstalled })
  })

  test('where only those of the sandbox are missing', async () => {
    mkdirSync(join(folder, 'node_modules'))
    for (const name of readdirSync('node_modules').filter((name) => !name.startsWith('.') && name !== 'ws'))
      symlinkSync(realpathSync(join('node_modules', name)), join(folder, 'node_modules', name))
    expect(await run(['src/main.ts'])).toEqual({ code: 1, said: notInstalled })
  })

  test.each([
    "import './missing.mjs'",
    "import { createRequire } from 'node:module'; createRequire(import.meta.url)('./x')",
  ])('a missing module of our own is no package: %s', async (line) => {
    writeFileSync(join(folder, 'own.mjs'), line)
    const { code, said } = await run(['own.mjs'])
    expect(code).toBe(1)
    expect(said).toMatch(/Cannot find module/)
    expect(said).not.toContain('npm ci')
  })

  const notInstalled = 'The packages that this needs are not installed. Run npm ci first.\n'

  function run(script: readonly string[], options: readonly string[] = []) {
    return runScript([...options, 'tools/run.mjs', ...script], { cwd: folder, env: {} })
  }
})

test('a script that is not there is named', async () => {
  const { said } = await runScript(['tools/run.mjs', 'test/no-such-script.ts'], { env: {} })
  expect(said).toMatch(/^There is no test\/no-such-script\.ts here\..*\n$/)
})
