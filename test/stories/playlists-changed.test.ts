import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { words } from '../../sandbox/browser.ts'
import type { Message } from '../../sandbox/discord/discord.ts'
import { answerings, lacksRedis, startAnswering } from '../world/answering.ts'
import { playlistSteps, tracksOf } from '../world/playlists.ts'
import { buttonsOf, messageOf, type Player, type World } from '../world/world.ts'

const more = /POST \/v1\/playlists\/\w+\/items/
const replacing = /PUT \/v1\/playlists\/\w+\/items/
const whether = /GET \/v1\/me\/library\/contains/
const refused = (message: string) => ({ status: 403, body: { error: { status: 403, message } } })

describe.each(answerings)('a playlist that was changed in Spotify, answered %s', (_, how) => {
  const isLeftOut = lacksRedis(how)
  let world: World
  let ana: Player
  let steps: ReturnType<typeof playlistSteps>
  beforeEach(async () => {
    if (isLeftOut) return
    world = await startAnswering(how)
    steps = playlistSteps(world)
    ana = world.person('ana')
    await ana.links()
    await steps.allows(ana, messageOf(await ana.uses('liked playlist', { count: 120 })))
    world.spotify.like(ana.spotify.id)
  })
  afterEach(() => world?.stop())
  const playlist = () => world.spotify.playlists[0] ?? expect.unreachable()
  const contents = () => world.spotify.playlists.map(({ items }) => items.length)
  const urlOf = (id: string) => `https://open.spotify.com/playlist/${id}`

  test.skipIf(isLeftOut)('Ana has deleted it: she gets a new one, which is the one from then on', async () => {
    playlist().isKept = false
    const requests = steps.requestsSince()
    const made = await steps.uses(ana, 120)
    expect(made.content).toMatch(/^Made \*\*\[My newest liked songs\]/)
    expect(requests().filter((line) => !line.includes('/me/tracks'))).toEqual([
      ...['GET /v1/me/library/contains', 'POST /v1/me/playlists'],
      ...['PUT /v1/playlists/…/items', 'POST /v1/playlists/…/items'],
    ])
    expect(contents()).toEqual([120, 120])
    expect(world.spotify.playlists[1]?.items).toEqual(tracksOf(ana, 120))
    const exported = messageOf(await ana.uses('account export')).attachments[0]?.text
    expect(exported).toContain(world.spotify.playlists[1]?.id)
    expect(exported).not.toContain(playlist().id)
    expect((await steps.uses(ana, 5)).content).toContain(urlOf(world.spotify.playlists[1]?.id ?? ''))
    expect(contents()).toEqual([120, 5])
    for (const one of world.spotify.playlists) one.isKept = false
    expect((await steps.uses(ana, 4)).content).toMatch(/^Made /)
    expect(contents()).toEqual([120, 5, 4])
  })

  test.skipIf(isLeftOut)('it is gone for good, and Spotify does not say what is among hers: a new one', async () => {
    world.spotify.playlists.splice(0, 1)
    world.spotify.script(whether, refused('Forbidden'), refused('Forbidden'))
    expect((await steps.uses(ana, 120)).content).toMatch(/^Made /)
    expect(contents()).toEqual([120])
  })

  test.skipIf(isLeftOut)('she has deleted it, and Spotify never says that: it is among hers again', async () => {
    playlist().isKept = false
    world.spotify.script(whether, refused('Forbidden'))
    expect((await steps.uses(ana, 130)).content).toMatch(/^Updated .*: 130 songs\./)
    expect(contents()).toEqual([130])
    expect(playlist()).toMatchObject({ isKept: true, items: tracksOf(ana, 130) })
  })

  test.skipIf(isLeftOut)(
    'she has renamed it and lets friends add songs: it keeps its name, and what they added is replaced, as was said',
    async () => {
      Object.assign(playlist(), { name: 'Ours', isShared: true })
      playlist().items.push('spotify:track:0000000000000000000000')
      const updated = await steps.uses(ana, 120)
      expect(updated.content).toMatch(/^Updated .*: 120 songs\.\n-# .*replaces everything in it\.$/)
      expect(world.spotify.playlists).toMatchObject([{ name: 'Ours', isShared: true, items: tracksOf(ana, 120) }])
    },
  )

  test.skipIf(isLeftOut)('it is as long as Spotify lets it become: it is filled anew all the same', async () => {
    playlist().items = Array.from({ length: 10_000 }, (_, index) => `spotify:track:${String(index).padStart(22, '0')}`)
    expect((await steps.uses(ana, 250)).content).toMatch(/^Updated .*: 250 songs\./)
    expect(playlist().items).toEqual(tracksOf(ana, 250))
  })

  test.skipIf(isLeftOut)('it becomes too long while it is filled: what is in it is said', async () => {
    world.spotify.script(more, {
      status: 400,
      body: { error: { status: 400, message: 'Playlist size limit reached' } },
    })
    expect((await steps.uses(ana, 250)).content).toMatch(
      /^Your \[playlist\]\(.*\) has 100 songs so far\. Spotify isn't working properly right now/,
    )
    expect((await steps.uses(ana, 250)).content).toMatch(/^Updated .*: 250 songs\./)
  })

  test.skipIf(isLeftOut)(
    'she has made it public: one permission more, and it is updated and stays public',
    async () => {
      playlist().isPublic = true
      const told = await steps.uses(ana, 120)
      expect(told.content).toMatch(/^You made this playlist public, so I need one more permission/)
      expect(contents()).toEqual([120])
      const { news } = await steps.allows(ana, told)
      expect(news.content).toMatch(/^Updated /)
      expect(world.spotify.playlists).toMatchObject([{ isPublic: true, items: tracksOf(ana, 120) }])
      world.spotify.like(ana.spotify.id)
      expect((await steps.uses(ana, 120)).content).toMatch(/^Updated /)
      expect(playlist().items).toEqual(tracksOf(ana, 120))
      // A new one is private.
      playlist().isKept = false
      expect((await steps.uses(ana, 3)).content).toMatch(/^Made /)
      expect(world.spotify.playlists[1]).toMatchObject({ isPublic: false })
    },
  )

  test.skipIf(isLeftOut)(
    'she makes it public while it is filled, or Spotify forgets the permission: allowing it fills the rest',
    async () => {
      world.spotify.script(more, refused('Insufficient client scope'))
      const told = await steps.uses(ana, 250)
      expect(told.content).toMatch(/^You made this playlist public/)
      expect(told.content).not.toMatch(/unlink/i)
      expect(contents()).toEqual([100])
      playlist().isPublic = true
      expect((await steps.allows(ana, told)).news.content).toMatch(/^Updated .*: 250 songs\./)
      expect(world.spotify.playlists).toMatchObject([{ items: tracksOf(ana, 250) }])
      // Now there is nothing to ask for that she has not given, and the same is asked for again.
      world.spotify.script(more, refused('Insufficient client scope'))
      const again = await steps.uses(ana, 250)
      expect(again.content).toMatch(/^To make playlists, I need your permission on Spotify first/)
      expect((await steps.allows(ana, again)).news.content).toMatch(/^Updated .*: 250 songs\./)
      expect(contents()).toEqual([250])
    },
  )

  test.skipIf(isLeftOut)(
    'Spotify asks to wait in the middle: a second is waited for, and of more it is said until when',
    async () => {
      world.spotify.script(more, { status: 429, headers: { 'retry-after': '0.9' }, body: {} })
      expect((await steps.uses(ana, 250)).content).toMatch(/^Updated .*: 250 songs\./)
      world.spotify.script(more, { status: 429, headers: { 'retry-after': '20' }, body: {} })
      const told = await steps.uses(ana, 250)
      expect(told.content).toMatch(
        /^Your \[playlist\]\(.*\) has 100 songs so far\. Spotify asks me to wait\. Please try again <t:\d+:R>\. Make it again after that, and I add the rest\.$/,
      )
      const requests = steps.requestsSince()
      expect((await steps.uses(ana, 250)).content).toMatch(/^Spotify asks me to wait\. Please try again <t:\d+:R>\.$/)
      expect(requests()).toEqual([])
      expect(contents()).toEqual([100])
    },
  )

  test.skipIf(isLeftOut)('the connection ends in the middle: renewing it fills the same one', async () => {
    world.spotify.script(more, { status: 401, body: { error: { status: 401, message: 'The access token expired' } } })
    world.spotify.revoke(ana.spotify.id)
    const told = await steps.uses(ana, 250)
    expect(told.content).toMatch(/^Your Spotify connection has ended/)
    expect(contents()).toEqual([100])
    expect((await steps.allows(ana, told, 'Renew connection')).news.content).toMatch(/^Updated .*: 250 songs\./)
    expect(contents()).toEqual([250])
  })

  test.skipIf(isLeftOut)(
    'what fails once she has renewed is told on the page and in the chat, with a link to what there is',
    async () => {
      world.spotify.revoke(ana.spotify.id)
      world.spotify.expireAccessTokens()
      const told = await steps.uses(ana, 250)
      const link = steps.linkIn(told, 'Renew connection')
      world.spotify.script(more, { status: 500, body: 'Oh' })
      const page = await steps.goesOn(ana, link)
      expect(words(page)).toContain("I couldn't make the playlist. Your playlist has 100 songs so far. Spotify isn't")
      expect(page.text).toContain(`<a href="${urlOf(playlist().id)}">playlist</a>`)
      await expect.poll(() => steps.now(told, ana)?.content).toContain(`Your [playlist](${urlOf(playlist().id)}) has`)

      world.spotify.revoke(ana.spotify.id)
      world.spotify.expireAccessTokens()
      const second = await steps.uses(ana, 120)
      playlist().isPublic = true
      const other = await steps.goesOn(ana, steps.linkIn(second, 'Renew connection'))
      expect(words(other)).toContain("I couldn't make the playlist. You made this playlist public")
      const permission = await steps.uses(ana, 120)
      expect((await steps.allows(ana, permission)).news.content).toMatch(/^Updated /)
    },
  )

  test.skipIf(isLeftOut)('Spotify refuses every change: each try says so, and leaves nothing behind', async () => {
    const forbidden = refused('Forbidden')
    world.spotify.script(replacing, ...Array.from({ length: 3 }, () => forbidden))
    for (let use = 1; use <= 3; use += 1)
      expect((await steps.uses(ana, 120)).content).toMatch(/^Spotify isn't working properly right now/)
    expect(contents()).toEqual([120])
    expect((await steps.uses(ana, 120)).content).toMatch(/^Updated /)
    expect(playlist().items).toEqual(tracksOf(ana, 120))
  })

  test.skipIf(isLeftOut)(
    'a refusal in the middle, and a playlist that vanishes there, are told as Spotify’s',
    async () => {
      world.spotify.script(more, refused('Forbidden'), { status: 404, body: { error: { status: 404, message: 'No' } } })
      for (let use = 1; use <= 2; use += 1)
        expect((await steps.uses(ana, 250)).content).toMatch(
          /^Your \[playlist\]\(.*\) has 100 songs so far\. Spotify isn't working properly right now\..* Make it again/,
        )
      expect((await steps.uses(ana, 250)).content).toMatch(/^Updated .*: 250 songs\./)
      expect(contents()).toEqual([250])
    },
  )

  test.skipIf(isLeftOut)('an answer that is lost while it is filled adds no song twice', async () => {
    world.spotify.script(more, { fault: 'reset' })
    expect((await steps.uses(ana, 250)).content).toMatch(/ has 100 songs so far\. Spotify isn't working properly/)
    expect((await steps.uses(ana, 250)).content).toMatch(/^Updated .*: 250 songs\./)
    expect(playlist().items).toEqual(tracksOf(ana, 250))
  })

  test.skipIf(isLeftOut)('More… under her list makes it of her newest hundred, for her alone', async () => {
    const page = messageOf(await ana.uses('liked recent'))
    const chosen = messageOf(await world.discord.press(ana.id, page.id, 'More…', ['playlist']))
    const updated = await steps.settled(ana, chosen)
    expect(updated).toMatchObject({ ephemeral: true, content: expect.stringMatching(/^Updated .*: 100 songs\./) })
    expect(world.spotify.playlists).toMatchObject([{ items: tracksOf(ana, 100) }])
    expect(buttonsOf(updated)).toMatchObject([{ label: 'OPEN SPOTIFY', url: urlOf(playlist().id) }])
    expect(steps.now(page, ana)).toEqual(page)
    // Of hers: for Ben it would be one of his, and he is not linked.
    const ben = world.person('ben')
    const his: Message = messageOf(await world.discord.press(ben.id, page.id, 'More…', ['playlist']))
    expect(his).toMatchObject({ ephemeral: true, content: expect.stringContaining("You haven't linked Spotify yet") })
    expect(words((await steps.allows(ben, his, 'Link Spotify')).done)).toContain('My newest liked songs')
    expect(world.spotify.playlists[1]).toMatchObject({ owner: ben.spotify.id, items: tracksOf(ben, 100) })
  })
})
