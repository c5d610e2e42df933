import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, messageOf, startWorld, textsOf, unhurried, type Player, type World } from '../world/world.ts'

describe('Ana’s connection ends, over a file', () => {
  stories(async () => ({}))
})
describe.skipIf(withoutRedis())('Ana’s connection ends, over Redis', () => {
  let redis: RedisServer | undefined
  afterAll(() => redis?.stop())
  stories(async () => ({ REDIS_URL: (redis = await startRedis()).url }))
})

function stories(settings: () => Promise<Record<string, string>>): void {
  let world: World
  let ana: Player
  let ben: Player
  beforeAll(async () => {
    world = await startWorld(await settings(), 'gateway', unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    for (const player of [ana, ben]) {
      await player.links()
      await joins(player)
    }
  })
  afterAll(() => world.stop())

  test('a roundup says so by her name, and shows what Ben saved', async () => {
    expect(await roundupNow()).not.toContain('connection ended')
    world.spotify.revoke(ana.spotify.id)
    world.spotify.expireAccessTokens()
    await ana.uses('liked recent')
    const shown = await roundupNow(31)
    expect(shown).toMatch(new RegExp(`^-# <@${ana.id}>'s Spotify connection ended\\. </roundup join:\\d+> brings`, 'm'))
    expect(shown).toContain(`<@${ben.id}>`)
    expect(await roundupNow(31)).toContain(`<@${ana.id}>'s Spotify connection ended`)
  })

  test('`/roundup join` offers her a new connection, after which she is not spoken of until she joins', async () => {
    const offer = messageOf(await ana.uses('roundup join'))
    expect(buttonsOf(offer).map(({ label }) => label)).toEqual(['Link Spotify'])
    await ana.links()
    expect(await roundupNow()).not.toContain(ana.id)
    await joins(ana)
    expect(await roundupNow(31)).toContain(`<@${ana.id}>`)
    expect(await roundupNow(31)).not.toContain('connection ended')
  })

  async function roundupNow(days = 7): Promise<string> {
    return textsOf(messageOf(await collected(world, ben, await ben.uses('roundup now', { days })))).join('\n')
  }
}

async function joins(player: Player): Promise<void> {
  await player.presses(messageOf(await player.uses('roundup join')), 'Join roundups')
}
