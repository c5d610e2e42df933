import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message, OptionValues } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { startRedis, withoutRedis, type RedisServer } from '../store/redis-server.ts'
import { textOf } from '../world/message-text.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf, messageOf, selectsOf, startWorld, type Player, type World } from '../world/world.ts'

const roundups = channels[2]?.id ?? ''
/** Long and full of accents, between brackets. */
const accented = /\[[^\]]*[áéîöû]/
/** From right to left. */
const mirrored = /\u202E/

describe.each([
  ['gateway', 'a file'],
  ['http', 'Redis'],
] as const)('people of several languages, over %s and %s', (transport, store) => {
  describe.skipIf(store === 'Redis' && withoutRedis())('read their own', () => {
    let redis: RedisServer | undefined
    let world: World
    let ana: Player
    let ben: Player
    beforeAll(async () => {
      if (store === 'Redis') redis = await startRedis()
      world = await startWorld(redis ? { REDIS_URL: redis.url } : {}, transport)
      ana = world.person('ana')
      ben = world.person('ben')
      await ana.links()
      world.discord.setLocale(ana.id, 'en-XA')
      world.discord.setLocale(world.discord.guild.id, 'ar-XB')
    })
    afterAll(async () => {
      await world.stop()
      await redis?.stop()
    })

    test('what Ana alone sees is in hers, and what everybody sees in that of the server, for every press', async () => {
      const own = await uses(ana, 'liked recent', { private: true })
      expect(JSON.stringify(own)).toMatch(accented)
      const shown = await uses(ana, 'liked recent')
      expect(JSON.stringify(shown)).toMatch(mirrored)
      expect(JSON.stringify(shown)).not.toMatch(accented)
      const next = buttonsOf(shown).find(({ custom_id: id = '' }) => id.endsWith(':n'))
      const turned = messageOf(await ana.presses(shown, next?.custom_id ?? ''))
      expect(turned.id).toBe(shown.id)
      expect(JSON.stringify(turned)).toMatch(mirrored)
      expect(JSON.stringify(turned)).not.toMatch(accented)
    })

    test('Ben, who reads English, is refused in English below what everybody sees', async () => {
      const refused = await uses(ben, 'liked recent', { member: ana.id })
      expect(textOf(refused)).not.toMatch(mirrored)
    })

    test('the pages for linking are in the language in which Ana used /link, whatever her browser reads', async () => {
      const { url = '' } = buttonsOf(await uses(ana, 'link'))[0] ?? {}
      const headers = { 'accept-language': 'en-US,en;q=0.5' }
      const page = async (address: string) => (await fetch(address, { headers })).text()
      expect(await page(url)).toMatch(/<html lang="en-XA" dir="ltr">/)
      expect((await page(url)).replace(/<style>[^]*<\/style>/, '')).toMatch(accented)
      const start = await ana.browser.visit(url)
      const confirm = await ana.browser.goOn(await ana.browser.goOn(start))
      expect(confirm.text).toMatch(accented)
      const done = await ana.browser.goOn(await ana.browser.goOn(confirm))
      expect(done.text).toMatch(accented)
    })

    test('without a way from Discord they are in that of the browser', async () => {
      const page = async (languages: string) => {
        const answer = await fetch(`${world.env['PUBLIC_URL']}/link`, { headers: { 'accept-language': languages } })
        return /<html [^>]*>/.exec(await answer.text())?.[0]
      }
      expect(await page('ar-XB, en;q=0.5')).toBe('<html lang="ar-XB" dir="rtl">')
      expect(await page('tlh, en;q=0.5')).toBe('<html lang="en-US" dir="ltr">')
      expect(await page('*')).toBe('<html lang="en-US" dir="ltr">')
    })

    test('somebody whose language I have no words for is told in English', async () => {
      world.discord.setLocale(ben.id, 'el')
      expect(textOf(await uses(ben, 'help'))).toMatch(/Your Spotify connection|liked songs/)
      world.discord.setLocale(ben.id, 'en-US')
    })

    test('a roundup is shown in the language that is chosen for it below its preview, and turns in it', async () => {
      await ana.presses(await uses(ana, 'roundup join'), 'roundup:1:join-all')
      const options = { channel: roundups, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' }
      const set = messageOf(await collected(world, ana, await ana.uses('roundup schedule', options)))
      // The server's, to begin with; what is around it is Ana's.
      expect(cardOf(set)).toMatch(mirrored)
      expect(textOf(set)).toMatch(accented)
      expect(chosenIn(set)).toBe('ar-XB')
      const english = messageOf(await world.discord.press(ana.id, set.id, languageIn(set).custom_id, ['en-US']))
      expect(chosenIn(english)).toBe('en-US')
      expect(cardOf(english)).not.toMatch(mirrored)
      const next = buttonsOf(english).find(({ label }) => label === 'Next')
      const turned = messageOf(await ana.presses(english, next?.custom_id ?? ''))
      expect(chosenIn(turned)).toBe('en-US')
      expect(cardOf(turned)).not.toMatch(mirrored)
      const again = messageOf(await collected(world, ana, await ana.uses('roundup schedule', { ...options, hour: 19 })))
      expect(chosenIn(again)).toBe('en-US')
    })

    test('nobody else chooses it, and no language that there is none of', async () => {
      const own = await uses(ben, 'roundup status')
      expect(messageOf(await ben.forges(own, `roundup:1:language:${roundups}`)).content).toMatch(
        /don't know this button/,
      )
    })

    /** What the card of a roundup says. */
    function cardOf({ components }: Message): string {
      return JSON.stringify(components.filter(({ type }) => type === 17))
    }

    const languageIn = (message: Message) =>
      selectsOf(message).find(({ custom_id: id }) => id.startsWith('roundup:1:language:')) ?? expect.unreachable()
    const chosenIn = (message: Message): string | undefined =>
      languageIn(message).options.find((option) => option.default)?.value

    async function uses(player: Player, command: string, options?: OptionValues): Promise<Message> {
      return messageOf(await player.uses(command, options))
    }
  })
})
