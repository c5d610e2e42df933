import { afterAll, beforeAll, expect, test } from 'vitest'
import { consentEnds, type Link } from '../../src/accounts/links.ts'
import { startLinkFixture, type LinkFixture } from '../spotify/link-fixture.ts'

const day = 24 * 60 * 60 * 1000

let fixture: LinkFixture
beforeAll(async () => (fixture = await startLinkFixture()))
afterAll(() => fixture.close())

test('somebody who has just linked is looked at within minutes', async () => {
  const ana = await fixture.member()
  const soon = await fixture.store.due('reminders', Date.now() + 11 * 60_000, 100)
  expect(soon).toContain(ana)
})

test('a connection from before there were reminders is noted when its token is refreshed, and an unlink ends that', async () => {
  const ana = await fixture.member()
  await fixture.store.unschedule('reminders', ana)
  const { accounts } = fixture.startProgram()
  const link = (await fixture.store.get('links', ana)) as unknown as Link
  await accounts.withToken(ana, link, async () => undefined)
  const first = consentEnds(link) - 14 * day
  expect(await fixture.store.due('reminders', first - 1, 100)).not.toContain(ana)
  expect(await fixture.store.due('reminders', first, 100)).toContain(ana)
  await accounts.unlink(ana)
  expect(await fixture.store.due('reminders', first, 100)).not.toContain(ana)
})

test('a connection that Spotify ends is looked at once its record is gone, so that nothing of its reminders stays', async () => {
  const ana = await fixture.member()
  await fixture.store.unschedule('reminders', ana)
  const link = (await fixture.store.get('links', ana)) as unknown as Link
  fixture.spotify.revoke(link.spotifyId)
  const asks = fixture.startProgram().accounts.withToken(ana, link, async () => undefined)
  await expect(asks).rejects.toMatchObject({ name: 'ConsentEndedError' })
  expect(await fixture.store.due('reminders', Date.now() + 11 * 60_000, 100)).toContain(ana)
})
