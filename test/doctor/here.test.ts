import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { runProgram } from '../world/program-here.ts'
import { startSandbox } from '../world/sandbox.ts'
import { runScript } from '../world/script.ts'
import { complaints, visit } from './visit.ts'

let sandbox: Sandbox
let folder: string
beforeEach(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'hearsay-words-'))
})
afterEach(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})

/** What the doctor says is wrong, which is what the start refuses with. */
async function refusal(changes: Record<string, string>): Promise<string> {
  const env = { ...sandbox.env, ...changes }
  const [complaint = '', ...others] = await complaints(env)
  expect(others).toEqual([])
  const program = runProgram(env)
  expect(await program.ended()).toBe(1)
  expect(`${complaint.replace(/^[^:]+: /, '')}\n`).toBe(program.output())
  return complaint
}

test('words that cannot be used', async () => {
  const absent = join(folder, 'absent')
  expect(await refusal({ LOCALES_DIR: absent })).toMatch(/^Languages: The folder that LOCALES_DIR names cannot be read/)
  expect(await refusal({ DEFAULT_LOCALE: 'tlh' })).toMatch(/^Languages: DEFAULT_LOCALE names a language that I have no/)
  writeFileSync(join(folder, 'de.json'), '{"bots":')
  const broken = await refusal({ LOCALES_DIR: folder })
  expect(broken).toContain(`Languages: ${join(folder, 'de.json')}, in LOCALES_DIR, is no JSON object of texts`)
})

test('words that nobody reads are a note, and a warning of the start', async () => {
  writeFileSync(join(folder, 'german.json'), '{}')
  const findings = await visit({ ...sandbox.env, LOCALES_DIR: folder })
  const [says = ''] = findings
    .filter(({ verdict, about }) => verdict === 'note' && about === 'Languages')
    .map((finding) => finding.says)
  expect(says).toMatch(/^german\.json in LOCALES_DIR has no name that Discord has/)
  const program = runProgram({ ...sandbox.env, LOCALES_DIR: folder })
  expect(JSON.parse(await program.prints('german.json'))).toMatchObject({ level: 40, msg: says })
  expect(await program.terminate()).toBe(0)
})

test('ports that somebody else has, and an address that is not of this machine', async () => {
  const other = createServer((_, response) => response.end('another program'))
  onTestFinished(() => void other.close())
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const taken = String((other.address() as AddressInfo).port)
  expect(await refusal({ METRICS_PORT: taken })).toMatch(/^METRICS_PORT: METRICS_PORT \d+ cannot be listened on/)
  expect(await refusal({ PORT: taken })).toMatch(/^PORT: PORT \d+ is taken on 127\.0\.0\.1\. Set another PORT/)
  expect(await refusal({ HOST: '203.0.113.7' })).toMatch(/^PORT: HOST 203\.0\.113\.7 with PORT \d+ cannot be listened/)
})

/** In containers, as a rule, nobody is refused a port. */
function isEveryPortFree(): boolean {
  const first = '/proc/sys/net/ipv4/ip_unprivileged_port_start'
  return existsSync(first) && Number(readFileSync(first, 'utf8')) <= 7
}

test.skipIf(isEveryPortFree())('a port that only an administrator may listen on', async () => {
  const env = { ...sandbox.env, PORT: '7' }
  const sentence = /HOST .* and PORT to one above 1023\.$/m
  // Without that right also where the tests have all of them.
  const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-net_bind_service'] : []
  for (const script of ['src/doctor/main.ts', 'src/main.ts']) {
    const { code, said } = await runScript([script], { env: { PATH: process.env['PATH'], ...env }, under })
    expect([code, said]).toEqual([1, expect.stringMatching(sentence)])
  }
})
