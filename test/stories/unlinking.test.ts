import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buttonsOf, messageOf, startWorld, type World } from '../world/world.ts'

describe('unlinking', () => {
  let world: World
  beforeAll(async () => (world = await startWorld()))
  afterAll(() => world.stop())

  test('Ana is told what goes, presses Unlink, and everything about her is gone at once', async () => {
    const ana = world.person('ana')
    await ana.links()
    const page = messageOf(await ana.uses('liked recent'))

    const question = messageOf(await ana.uses('unlink'))
    expect(question).toMatchObject({ ephemeral: true })
    expect(question.content).toContain('**Ana')
    expect(buttonsOf(question)).toMatchObject([{ label: 'Unlink', style: 4 }])

    const receipt = messageOf(await ana.presses(question, 'Unlink'))
    expect(receipt.id).toBe(question.id)
    expect(receipt.content).toContain('https://www.spotify.com/account/apps/')
    // The plain address: nothing about her is noted for it.
    expect(buttonsOf(receipt)).toMatchObject([{ label: 'Link Spotify', url: `${world.env['PUBLIC_URL']}/link` }])

    const before = world.spotify.requests.length
    expect(messageOf(await ana.uses('liked recent')).content).toContain('</link:')
    expect(messageOf(await ana.presses(page, 'Next'))).toMatchObject({ ephemeral: true })
    expect(world.spotify.requests.length).toBe(before)
  })

  test('Ben, who never linked, is told so', async () => {
    expect(messageOf(await world.person('ben').uses('unlink')).content).toContain('</link:')
  })

  test('Ana links again after unlinking', async () => {
    const ana = world.person('ana')
    await ana.links()
    expect(messageOf(await ana.uses('liked recent')).embeds).toHaveLength(1)
  })

  test('nobody can press somebody else’s Unlink', async () => {
    const [ana, ben] = [world.person('ana'), world.person('ben')]
    await ben.links()
    const question = messageOf(await ana.uses('unlink'))
    const forged = messageOf(await ana.forges(question, `unlink:1:${ben.id}`))
    expect(forged.content).toContain("somebody else's")
    expect(messageOf(await ben.uses('liked recent')).embeds).toHaveLength(1)
  })
})
