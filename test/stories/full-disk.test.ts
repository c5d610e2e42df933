import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { startSandbox } from '../world/sandbox.ts'
import { startProgram, type Program } from '../world/process.ts'
import { createPlayer, messageOf } from '../world/world.ts'

const everybody = ['ana', 'ben', 'chiyo', 'dara', 'emil', 'fay', 'gus']

let sandbox: Sandbox
let program: Program | undefined
beforeEach(async () => (sandbox = await startSandbox()))
afterEach(async () => {
  await program?.kill()
  await sandbox.close()
})

test('the disk is full: Ana is told in time, nobody is called unlinked, and with space again all that she was told is so', async () => {
  program = await startProgram(sandbox, {}, { blocks: 400 })
  const ana = createPlayer(sandbox, 'ana')
  expect((await ana.links()).status).toBe(200)
  const ben = createPlayer(sandbox, 'ben')
  expect((await ben.links()).status).toBe(200)
  const question = messageOf(await ben.uses('unlink'))

  // Everybody's latest five questions for a link are remembered, until there is no space.
  let told = ''
  for (let question = 0; question < 5 * everybody.length && !told.includes('database is full'); question += 1) {
    told = messageOf(await createPlayer(sandbox, everybody[question % everybody.length] ?? '').uses('link')).content
  }
  expect(told).toContain('database is full')
  const outcomes = await Promise.all([ana.uses('link'), ana.uses('account status'), ana.uses('liked recent')])
  for (const outcome of outcomes) expect(messageOf(outcome).content).not.toMatch(/haven't linked|went wrong/)
  const health = () => fetch(`${sandbox.env['PUBLIC_URL']}/health`).then((response) => response.text())
  await expect.poll(health).toMatch(/^\{"status":"ok","store":"The store is full\. Make room on the disk/)
  expect(await program.prints('the disk under DATA_DIR')).toBeTruthy()

  // Deleting goes on, after a restart too.
  await program.terminate()
  program = await startProgram(sandbox, {}, { blocks: 400 })
  expect(await program.prints('is full: nobody can link')).toContain('Free some space there')
  expect(messageOf(await ben.presses(question, 'Unlink')).content).toContain('are deleted')

  await program.terminate()
  program = await startProgram(sandbox)
  expect(messageOf(await ana.uses('account status')).content).toMatch(/^Linked as \*\*Ana/)
  expect(messageOf(await ben.uses('account status')).content).toContain('/link')
  expect((await ben.links()).status).toBe(200)
})
