// `docker run` for tests: the folder HEARSAY_IMAGE is the image, whose settings are in HEARSAY_IMAGE_ENV, _CMD and _NODE.
import { spawn } from 'node:child_process'

const [, , , ...given] = process.argv
const options = given.slice(
  0,
  given.findIndex((word) => !word.startsWith('-')),
)
const command = given.slice(options.length + 1)
const set = options.filter((option) => option.startsWith('--env=')).map((option) => option.slice('--env='.length))
const env = {
  ...JSON.parse(process.env.HEARSAY_IMAGE_ENV),
  ...Object.fromEntries(set.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
}
const version = JSON.stringify(process.env.HEARSAY_IMAGE_NODE)
const preload = [`Object.defineProperty(process,'versions',{value:{...process.versions,node:${version}}})`]
// Somebody who may write nowhere, where this is root.
if (process.getuid() === 0) preload.push('process.setgroups([]);process.setgid(65534);process.setuid(65534)')
env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload.join(';'))}`
const [, ...words] = command.length > 0 ? command : JSON.parse(process.env.HEARSAY_IMAGE_CMD)
const child = spawn(process.execPath, words, { cwd: process.env.HEARSAY_IMAGE, env, stdio: 'inherit' })
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code) => (process.exitCode = code ?? 1))
