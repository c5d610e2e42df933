import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/crypto.ts'
import { say } from '../../src/i18n.ts'
import { english, sentenceOf } from '../world/english.ts'
import { words } from '../../sandbox/browser.ts'
import { expectRefusal } from '../web/flow.ts'
import { startWebFixture, type Visitor, type WebFixture } from '../world/web-fixture.ts'

describe('saving a song', () => {
  let fixture: WebFixture
  let ana: Visitor
  let ben: Visitor
  beforeEach(async () => {
    fixture = await startWebFixture()
    ana = fixture.visitor('ana')
    ben = fixture.visitor('ben')
    await ben.goesOn(await ben.opens(), 'done')
  })
  afterEach(() => fixture.stop())

  /** A track of Ana's that Ben has not liked. */
  const song = () => {
    const his = new Set(ben.spotify.library.map(({ song }) => song?.id))
    return ana.spotify.library.find(({ song }) => song && !his.has(song.id))?.song?.id ?? ''
  }
  const saving = (id: string, title?: string) => ({ kind: 'save', tracks: [{ id, title }] }) as const
  const newest = ({ spotify }: Visitor) => spotify.library[0]?.song?.id
  const asked = (path: string) => fixture.spotify.requests.filter((request) => request.path === path)
  const told = (visitor: Visitor, trackId: string) =>
    fixture.app.accounts.saveTracks(visitor.id, [trackId]).catch(sentenceOf)
  /** What is told of the song in the chat. */
  const savedNews = () => say(english, fixture.news.at(-1)?.news.outcome?.chat ?? expect.unreachable())

  test('Ben has not agreed to it: no question to Spotify, and after one more consent the song is his', async () => {
    const track = song()
    const before = fixture.spotify.requests.length
    await expect(fixture.app.accounts.saveTracks(ben.id, [track])).rejects.toMatchObject({ name: 'ScopeError' })
    expect(fixture.spotify.requests.length).toBe(before)

    const start = await ben.opens({ task: saving(track, '`A <b>* Song') })
    expect(words(start)).toContain('Let me save songs for you')
    const confirm = await ben.goesOn(start, 'confirm')
    expect(words(confirm)).toContain('read your liked songs and add to them')
    const consent = await ben.browser.goOn(confirm)
    expect(new URL(consent.url).searchParams.get('scope')).toBe('user-library-read user-library-modify')
    const done = await ben.browser.goOn(consent)
    expect(done.status).toBe(200)
    expect(words(done)).toContain('Saved `A <b>* Song to your liked songs')
    expect(newest(ben)).toBe(track)
    expect(fixture.news.at(-1)).toEqual({
      person: ben.id,
      news: {
        spotifyName: 'Ben',
        outcome: {
          page: { key: 'save.done', values: { song: '`A <b>* Song' } },
          chat: { key: 'save.done', values: { song: expect.stringContaining(`/track/${track}`) } },
          shown: expect.objectContaining({ content: expect.stringContaining(`/track/${track}`) }),
        },
      },
    })

    expect(await fixture.app.accounts.saveTracks(ben.id, [track])).toMatchObject({ saved: [], already: [track] })
    const other = ana.spotify.library.find((saved) => saved.song && saved.song.id !== track)?.song?.id ?? ''
    expect(await fixture.app.accounts.saveTracks(ben.id, [other])).toMatchObject({ saved: [other], already: [] })
    expect(asked('/v1/me/library').map(({ method }) => method)).toEqual(['PUT', 'PUT'])
  })

  test('the song was there already: the page and the message say that, and nothing is put', async () => {
    const track = ben.spotify.library[3]?.song?.id ?? ''
    const done = await ben.goesOn(await ben.opens({ task: saving(track) }), 'done')
    expect(words(done)).toContain('You already have this song among your liked songs.')
    expect(savedNews()).toContain('already')
    expect(asked('/v1/me/library')).toEqual([])
  })

  test('Ben says no to Spotify: nothing is saved, and his link is what it was', async () => {
    const { link: before } = (await fixture.app.accounts.exportData(ben.id)) ?? {}
    const spotify = await ben.goesOn(await ben.opens({ task: saving(song()) }), 'spotify')
    const refused = await ben.browser.push(spotify, 'Cancel')
    expectRefusal(refused, 403)
    expect(words(refused)).toContain('You cancelled')
    expect((await fixture.app.accounts.exportData(ben.id))?.['link']).toEqual(before)
    expect(asked('/v1/me/library')).toEqual([])
    expect(fixture.news).toHaveLength(1)
  })

  test('Spotify grants less than was asked for: linked, not saved, and a sentence that says so', async () => {
    const answer = { access_token: 'BQless', token_type: 'Bearer', refresh_token: 'AQless', scope: 'user-library-read' }
    fixture.spotify.script(/POST \/api\/token/, { body: answer })
    fixture.spotify.script(/GET \/v1\/me$/, { body: { id: 'ben-spotify', display_name: 'Ben' } })
    const done = await ben.goesOn(await ben.opens({ task: saving(song()) }), 'done')
    expect(done.status).toBe(200)
    expect(words(done)).toMatch(
      /Linked as Ben.*I couldn't save this song\. Your Spotify connection does not cover this/,
    )
    expect(savedNews()).toContain("couldn't save")
    expect(asked('/v1/me/library')).toEqual([])
  })

  test('Ana opens what was meant for Ben: nothing is saved for anybody, and she is not linked', async () => {
    const track = song()
    const page = await ana.goesOn(await ana.browser.visit((await ben.opens({ task: saving(track) })).url), 'confirm')
    expectRefusal(page, 400)
    expect(words(page)).toContain('made for somebody else')
    expect(await fixture.app.accounts.find(ana.id)).toBeUndefined()
    expect(newest(ben)).not.toBe(track)
    expect(asked('/v1/me/library')).toEqual([])
  })

  test('somebody who was never linked saves with their first consent', async () => {
    const track = ben.spotify.library[0]?.song?.id ?? ''
    const chiyo = fixture.visitor('chiyo')
    await expect(fixture.app.accounts.saveTracks(chiyo.id, [track])).rejects.toMatchObject({ name: 'NotLinkedError' })
    expect(words(await chiyo.goesOn(await chiyo.opens({ task: saving(track) }), 'done'))).toContain(
      'Saved this song to your liked songs',
    )
    expect(newest(chiyo)).toBe(track)
  })

  test('an address that an earlier release has given out saves its song', async () => {
    const [id, address] = [song(), await fixture.app.invitations.create(ben.id, ben.id)]
    const key = sha256(new URL(address).searchParams.get('for') ?? '')
    const noted = { person: ben.id, token: ben.id, save: id, title: 'A Song' }
    await fixture.store.set('invitations', key, fixture.app.crypto.encrypt(JSON.stringify(noted), key, 'invitation'))
    expect(words(await ben.goesOn(await ben.browser.visit(`${address}&save=1`), 'done'))).toContain('Saved A Song')
    expect(newest(ben)).toBe(id)
  })

  test('a song goes through the app that its person brought', async () => {
    const clientId = 'c0ffee00c0ffee00c0ffee00c0ffee00'
    fixture.spotify.publicClients.push(clientId)
    const gus = fixture.visitor('gus')
    const done = await gus.goesOn(await gus.opens({ clientId, task: saving(song()) }), 'done')
    expect(words(done)).toContain('Saved this song to your liked songs')
    expect(await fixture.app.accounts.ownClientId(gus.id)).toBe(clientId)
  })

  test.each([
    '',
    'x',
    '4uLU6hMCjMI75M1A2tKUQ',
    '4uLU6hMCjMI75M1A2tKUQC0',
    '4uLU6hMCjMI75M1A2tKUQ_',
    '../me/tracks?limit=5000',
  ])('%j is no song, and Spotify is not asked', async (trackId) => {
    const before = fixture.spotify.requests.length
    expect(await told(ben, trackId)).toBe('This is not a song that I can save.')
    expect(fixture.spotify.requests.length).toBe(before)
  })

  test('what goes wrong at Spotify after the consent is told, once, and the link stays', async () => {
    const track = song()
    fixture.spotify.script(/PUT \/v1\/me\/library/, { status: 429, headers: { 'retry-after': '60' }, body: {} })
    const done = await ben.goesOn(await ben.opens({ task: saving(track) }), 'done')
    expect(words(done)).toMatch(
      /I couldn't save this song\. Spotify asks me to wait\. Please try again on \w+ \d+, 20\d\d/,
    )
    expect(savedNews()).toMatch(/<t:\d+:R>/)
    expect((await fixture.app.accounts.get(ben.id)).scope).toContain('user-library-modify')
    expect(newest(ben)).not.toBe(track)
  })

  test('a fault of the operator’s app is logged for them and told to Ben', async () => {
    const lapsed = { error: { status: 403, message: 'Active premium subscription required for the owner of the app' } }
    fixture.spotify.script(/GET \/v1\/me\/library/, { status: 403, body: lapsed })
    const done = await ben.goesOn(await ben.opens({ task: saving(song()) }), 'done')
    expect(words(done)).toMatch(/I couldn't save this song\..*Premium/)
    expect(fixture.errors.splice(0)).toMatchObject([{ err: { name: 'OwnerPremiumError' } }])
  })
})
