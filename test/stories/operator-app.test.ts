import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { runInSandbox } from '../world/program-here.ts'
import { startSandbox } from '../world/sandbox.ts'
import { createPlayer, messageOf } from '../world/world.ts'

let sandbox: Sandbox
let program: Awaited<ReturnType<typeof runInSandbox>>
beforeEach(async () => {
  sandbox = await startSandbox()
  program = await runInSandbox(sandbox)
})
afterEach(async () => {
  await program.terminate()
  await sandbox.close()
})

test.each([
  ['id', { SPOTIFY_CLIENT_ID: 'f00d00f00d00f00d00f00d00f00d00f0' }],
  ['secret', { SPOTIFY_CLIENT_SECRET: 'another-secret' }],
])(
  'a wrong %s of the operator’s app: Ana is told that it is not hers, and the operator what to check',
  async (_, wrong) => {
    const ana = createPlayer(sandbox, 'ana')
    expect((await ana.links()).status).toBe(200)
    await program.terminate()
    program = await runInSandbox(sandbox, wrong)
    const { content } = messageOf(await ana.uses('liked recent'))
    expect(content).toMatch(
      /^Spotify does not accept this bot at the moment\. .*the person who runs the bot has been told/,
    )
    const lines = program.output().split('\n')
    const errors = lines.filter((line) => line.includes('SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET'))
    expect(errors).toHaveLength(1)

    await program.terminate()
    program = await runInSandbox(sandbox)
    expect(messageOf(await ana.uses('account status')).content).toMatch(/^Linked as \*\*Ana/)
    expect(messageOf(await ana.uses('liked recent')).content).not.toContain('Spotify does not')
  },
)
