import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import type { Sandbox } from '../../sandbox/start.ts'
import { consentEnds } from '../../src/accounts/links.ts'
import { backUp } from '../../src/backup/backup.ts'
import { restore } from '../../src/backup/restore.ts'
import { textOf } from '../world/message-text.ts'
import { runInSandbox } from '../world/program-here.ts'
import { startSandbox } from '../world/sandbox.ts'
import { waitLimit } from '../world/until.ts'
import { createPlayer, footerOf, messageOf, rowsOf, type Player } from '../world/world.ts'

const hour = 60 * 60 * 1000
const day = 24 * hour
const wednesday = Date.parse('2026-11-25T12:00:00Z')
const friday = Date.parse('2026-11-27T17:00:00Z')
const channel = channels[2]?.id ?? ''
const patient = { timeout: waitLimit }

let sandbox: Sandbox
let program: Awaited<ReturnType<typeof runInSandbox>>
let ana: Player
let ben: Player
let elsewhere: string
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: wednesday })
  elsewhere = mkdtempSync(join(tmpdir(), 'hearsay-backup-'))
  sandbox = await startSandbox()
  // Without TOKEN_KEYS the keys are a file in DATA_DIR.
  program = await runInSandbox(sandbox, { TOKEN_KEYS: '' })
  ;[ana, ben] = [createPlayer(sandbox, 'ana'), createPlayer(sandbox, 'ben')]
  for (const player of [ana, ben]) expect((await player.links()).status).toBe(200)
  await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
})
afterEach(async () => {
  await program.terminate()
  await sandbox.close()
  rmSync(elsewhere, { recursive: true })
  vi.useRealTimers()
})

test('Ana’s bot is restored on an empty machine: links, settings, schedules and buttons work, and Friday’s post stays the only one', async () => {
  await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
  await ana.uses('roundup schedule', { channel, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' })
  const second = messageOf(await ana.presses(messageOf(await ana.uses('liked recent')), 'Next'))
  const file = backsUp()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const keys = readFileSync(join(directory(), 'token-keys'), 'utf8').trim()
  expect(readFileSync(file, 'latin1')).not.toContain(keys.slice(3))

  sandbox.spotify.like('ana-spotify')
  vi.setSystemTime(friday + 60_000)
  await expect.poll(() => posts().length, patient).toBe(1)
  const [post = expect.unreachable()] = posts()
  await restoredOnAnEmptyMachine(file)

  expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 313/)
  const third = messageOf(await ana.presses(second, 'Next'))
  expect(footerOf(third)).toMatch(/^Page 3 of 312/)
  expect(rowsOf(messageOf(await ben.uses('liked recent', { member: ana.id })))).toHaveLength(10)
  const status = async () => textOf(messageOf(await ana.uses('roundup status')))
  await expect.poll(status, patient).toContain(`<t:${(friday + 7 * day) / 1000}:`)
  expect(posts()).toEqual([post])

  sandbox.spotify.like('ana-spotify')
  vi.setSystemTime(friday + 7 * day)
  await expect.poll(() => posts().length, patient).toBe(2)
})

test('what was not posted before the machine was lost is posted once it is restored, however many weeks that takes', async () => {
  await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
  await ana.uses('roundup schedule', { channel, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' })
  const file = backsUp()
  await program.terminate()
  vi.setSystemTime(friday + 7 * day + 60_000)
  sandbox.spotify.like('ana-spotify')
  await restoredOnAnEmptyMachine(file)
  await expect.poll(() => posts().length, patient).toBe(1)
})

test('a reminder that was sent after the backup is not sent again', async () => {
  const end = consentEnds({ authorizedAt: wednesday })
  vi.setSystemTime(end - 15 * day)
  const file = backsUp()
  vi.setSystemTime(end - 13 * day)
  await expect.poll(() => told(), patient).toHaveLength(1)
  await restoredOnAnEmptyMachine(file)
  const exported = async () => messageOf(await ana.uses('account export')).attachments[0]?.text
  await expect.poll(exported, patient).toMatch(/"done": 1/)
  expect(told()).toHaveLength(1)
  vi.setSystemTime(end - day)
  await expect.poll(() => told(), patient).toHaveLength(2)
})

const directory = (): string => sandbox.env['DATA_DIR'] ?? ''
const posts = (): Message[] => sandbox.discord.messages(channel, ana.id).filter(({ author }) => author.bot)
const told = (): readonly Message[] => sandbox.discord.directs(ana.id)

/** While the bot serves. */
function backsUp(): string {
  const file = join(elsewhere, 'hearsay.backup')
  expect(backUp(directory(), file)).toBe(statSync(file).size)
  return file
}

/** The keys are brought there apart from the backup. */
async function restoredOnAnEmptyMachine(file: string): Promise<void> {
  await program.terminate()
  // Later than Discord remembers nonces.
  vi.setSystemTime(Date.now() + hour)
  const fresh = mkdtempSync(join(elsewhere, 'machine-'))
  const tokenKeys = join(fresh, 'token-keys')
  copyFileSync(join(directory(), 'token-keys'), tokenKeys)
  await restore(file, { directory: fresh, tokenKeys })
  program = await runInSandbox(sandbox, { TOKEN_KEYS: '', DATA_DIR: fresh })
}
