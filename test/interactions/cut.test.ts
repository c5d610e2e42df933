import { expect, test } from 'vitest'
import { holdSpotify } from '../world/hold.ts'
import { startTcpProxy } from '../world/tcp-proxy.ts'
import { footerOf, messageOf, startWorld, unhurried } from '../world/world.ts'

test('Discord hangs up before the answer is there: no fault of the program, and the next one is answered', async () => {
  const world = await startWorld({}, 'http', unhurried)
  const ana = world.person('ana')
  await ana.links()
  const { port, origin } = new URL(world.env['PUBLIC_URL'] ?? '')
  const proxy = await startTcpProxy(Number(port))
  await world.discord.deliverTo([`http://127.0.0.1:${proxy.port}/interactions`])

  const letGo = holdSpotify(world.spotify)
  const cut = ana.uses('liked recent')
  const asked = () => world.spotify.requests.some(({ path, status }) => path.endsWith('/me/tracks') && !status)
  await expect.poll(asked).toBe(true)
  proxy.close()
  expect(await cut).toMatchObject({ kind: 'failed' })
  letGo()
  const callbacks = () => world.discord.requests.filter(({ path }) => path.endsWith('/callback'))
  await expect.poll(callbacks).toMatchObject([{ status: 404 }])

  await world.discord.deliverTo([`${origin}/interactions`])
  expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
  expect(world.errors).toEqual([])
  await world.stop()
})
