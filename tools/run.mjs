// Starts a script on a Node.js that can run TypeScript. Plain JavaScript, so that any Node can read it.
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import * as loader from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const wanted = 24
// What was compiled once is compiled. Begun before the first TypeScript, so that what strips it need not be loaded.
const compiled = resolve('node_modules/.cache/hearsay')
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

const notInstalled = 'The packages that this needs are not installed. Run npm ci first.'

const [script, ...rest] = process.argv.slice(2)
if (!script || !existsSync(script)) {
  fail(`There is no ${script ?? 'script'} here. Run this from the project folder, after npm ci.`)
} else if (Number(process.versions.node.split('.')[0]) >= wanted) {
  loader.enableCompileCache?.(compiled)
  process.argv.splice(1, process.argv.length - 1, resolve(script), ...rest)
  await import(pathToFileURL(resolve(script)).href).catch((error) => {
    if (!isOfPackage(error)) throw error
    fail(notInstalled)
  })
} else if (!Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies).every(isInstalled)) {
  // Before minutes go into fetching what could run nothing.
  fail(notInstalled)
} else {
  await runWithFetched([resolve(script), ...rest])
}

/** Whether it is about a module of a package, and not about one of the project's own. */
function isOfPackage({ code, message }) {
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return false
  const [, name = '.'] = /^Cannot find (?:package|module) '([^']+)'/.exec(message) ?? []
  return /[\\/]node_modules[\\/]/.test(name) || !/^(?:[./\\]|[a-z]:|file:)/i.test(name)
}

function isInstalled(name) {
  return existsSync(join('node_modules', name, 'package.json'))
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

/** Resolves with the path of one that is known byte by byte, before anything of it has run. */
async function fetchNode(onStart) {
  const builds = JSON.parse(readFileSync(new URL('node-builds.json', import.meta.url), 'utf8'))
  const build = builds[`${process.platform}-${process.arch}`]
  const needed = `Node.js ${wanted} or newer is needed; this is ${process.versions.node}`
  if (!build) return fail(`${needed}. Install it from nodejs.org.`)
  if (!process.env.HEARSAY_QUIET_LAUNCH) {
    console.error(
      `Node.js ${process.versions.node} is too old, so ${build.package} from npm runs this (the first time takes a minute): fine for trying and testing, not for production.`,
    )
  }
  const path = await install(build.package, onStart).catch(() => undefined)
  if (!path) return fail(`${needed}, and npm could not fetch one. Install it from nodejs.org.`)
  const hash = createHash('sha512')
  await pipeline(createReadStream(path), hash)
  if (hash.digest('base64') === build.sha512) return path
  return fail(
    `${path} is not the ${build.package} that this version of Hearsay knows, so it was not started. Delete it and try again, or install Node.js ${wanted} or newer from nodejs.org.`,
  )
}

/** Has npm fetch a package, unless it has, and tell on which path its programs are. */
async function install(name, onStart) {
  const isWindows = process.platform === 'win32'
  // This Node tells: the fetched one is not to run yet.
  const node = isWindows ? `"${process.execPath}"` : process.execPath
  const arguments_ = ['exec', '--yes', '--loglevel=error', `--package=${name}`, '--', node, '-p', 'process.env.PATH']
  const fetching = promisify(execFile)(isWindows ? 'npm.cmd' : 'npm', arguments_, { shell: isWindows })
  fetching.child.stdin.end()
  onStart(fetching.child)
  const { stdout } = await fetching
  const folders = stdout.trim().split('\n').at(-1).split(delimiter)
  const program = join(name.split('@')[0], 'bin', isWindows ? 'node.exe' : 'node')
  return folders.map((folder) => join(folder, '..', program)).find((path) => existsSync(path))
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
