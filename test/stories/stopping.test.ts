import { expect, test } from 'vitest'
import { startSandbox } from '../world/sandbox.ts'
import { startProgram } from '../world/process.ts'
import { holdSpotify } from '../world/hold.ts'
import { createPlayer, footerOf, messageOf } from '../world/world.ts'

test('SIGTERM in the middle of a slow answer of Spotify’s: Ana still gets her page, and it ends with 0', async () => {
  const sandbox = await startSandbox()
  const program = await startProgram(sandbox)
  try {
    const ana = createPlayer(sandbox, 'ana')
    await ana.links()
    const letGo = holdSpotify(sandbox.spotify)
    const before = sandbox.discord.requests.length
    const late = ana.uses('liked recent')
    const underWay = () => sandbox.spotify.requests.some(({ path, status }) => path.endsWith('/me/tracks') && !status)
    await expect.poll(underWay).toBe(true)
    const announced = () =>
      sandbox.discord.requests.slice(before).find(({ path }) => path.endsWith('/callback'))?.status
    await expect.poll(announced).toBe(204)
    const ending = program.terminate()
    const health = () => fetch(`${sandbox.env['PUBLIC_URL']}/health`).then((answer) => answer.json())
    await expect.poll(health).toEqual({ status: 'unavailable', why: 'stopping' })
    letGo()
    const shown = await late
    expect(shown.deferred).toBe(true)
    expect(footerOf(messageOf(shown))).toMatch(/^Page 1 of 312/)
    expect(await ending).toBe(0)
  } finally {
    await program.kill()
    await sandbox.close()
  }
})
