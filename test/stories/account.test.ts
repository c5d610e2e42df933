import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buttonsOf, descriptionOf, messageOf, startWorld, type Player, type World } from '../world/world.ts'

describe('staying in control of an account', () => {
  let world: World
  let ana: Player
  beforeAll(async () => {
    world = await startWorld()
    ana = world.person('ana')
    await ana.links()
  })
  afterAll(() => world.stop())

  test('status names the Spotify account, its end and what is shared, without asking Spotify', async () => {
    const before = world.spotify.requests.length
    const status = messageOf(await ana.uses('account status'))
    expect(status.ephemeral).toBe(true)
    expect(status.content).toMatch(/Linked as \*\*Ana\*\*.*\n.*<t:\d+:R>.*\n\n.*not shared here/)
    expect(buttonsOf(status)).toMatchObject([{ label: 'Renew connection' }])
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    expect(messageOf(await ana.uses('account status')).content).toContain('shared in this server')
    expect(world.spotify.requests.length).toBe(before)
  })

  test('export is one JSON of everything, with secrets only named', async () => {
    const exported = messageOf(await ana.uses('account export'))
    expect(exported).toMatchObject({ ephemeral: true, attachments: [{ name: 'hearsay.json' }] })
    const text = exported.attachments[0]?.text ?? ''
    const everything = JSON.parse(text) as {
      link: object
      sharing: string[]
      forAWhile: { what: string }[]
    }
    expect(everything.link).toMatchObject({ spotifyName: 'Ana', refreshToken: 'present' })
    expect(everything.sharing).toEqual([world.discord.guild.id])
    const forAWhile = new Set(everything.forAWhile.map(({ what }) => what))
    expect([...forAWhile].toSorted()).toEqual(['attempts', 'invitations', 'states', 'used-states'])
    expect(text).not.toContain('v1.k1.')
  })

  test('somebody who has not linked is sent to /link by each of them', async () => {
    const ben = world.person('ben')
    for (const command of ['account status', 'account sharing', 'account export', 'liked recent', 'liked random']) {
      expect(messageOf(await ben.uses(command))).toMatchObject({
        ephemeral: true,
        content: expect.stringContaining('</link:'),
      })
    }
  })

  test('help names every command, as mentions that can be clicked, newcomers’ first', async () => {
    const help = messageOf(await world.person('ben').uses('help'))
    const names = [...descriptionOf(help).matchAll(/<\/([a-z ]+):\d+>/g)].map(([, name]) => name)
    expect(names.slice(0, 2)).toEqual(['link', 'liked recent'])
    expect(names).toEqual(
      expect.arrayContaining(['liked search', 'liked random', 'liked when', 'account status', 'unlink']),
    )
  })
})
