import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { holdSpotify } from '../world/hold.ts'
import { footerOf, messageOf, startWorld, unhurried } from '../world/world.ts'

test('Discord hangs up before the answer is there: no fault of the program, and the next one is answered', async () => {
  const world = await startWorld({}, 'http', unhurried)
  const ana = world.person('ana')
  await ana.links()
  const { port, hostname, origin } = new URL(world.env['PUBLIC_URL'] ?? '')
  const lines = new Set<Socket>()
  const between = createServer((incoming) => {
    const onward = connect(Number(port), hostname)
    incoming.pipe(onward).pipe(incoming)
    for (const socket of [incoming, onward]) lines.add(socket.on('error', () => undefined))
  })
  await once(between.listen(0, '127.0.0.1'), 'listening')
  await world.discord.deliverTo([`http://127.0.0.1:${(between.address() as AddressInfo).port}/interactions`])

  const letGo = holdSpotify(world.spotify)
  const cut = ana.uses('liked recent')
  const asked = () => world.spotify.requests.some(({ path, status }) => path.endsWith('/me/tracks') && !status)
  await expect.poll(asked).toBe(true)
  for (const socket of lines) socket.destroy()
  expect(await cut).toMatchObject({ kind: 'failed' })
  letGo()
  const callbacks = () => world.discord.requests.filter(({ path }) => path.endsWith('/callback'))
  await expect.poll(callbacks).toMatchObject([{ status: 404 }])

  between.close()
  await world.discord.deliverTo([`${origin}/interactions`])
  expect(footerOf(messageOf(await ana.uses('liked recent')))).toMatch(/^Page 1 of 312/)
  expect(world.errors).toEqual([])
  await world.stop()
})
