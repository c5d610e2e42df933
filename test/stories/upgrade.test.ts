import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import type { Message, OptionValues } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { buttonsOf, fixtureOf, names, openFixture, startOn, type Opened } from '../fixtures/open.ts'
import { presses as pressesStored } from '../fixtures/pressing.ts'
import { withoutRedis } from '../store/redis-server.ts'
import { textOf } from '../world/message-text.ts'
import { collected } from '../world/outcomes.ts'
import { buttonsOf as buttonsUnder, descriptionOf, footerOf, messageOf, rowsOf, type World } from '../world/world.ts'

const week = 7 * 24 * 60 * 60 * 1000
const nextFriday = Date.parse('2026-11-27T10:00:00Z')
const [music = '', , roundups = ''] = channels.map(({ id }) => id)
const emilUnlinked = '2026-11-20T10:03:00.000Z'
const [anaOnSpotify, gusOnSpotify] = ['8fidFpmPalW3Kdj0afqEiI', 'FJyXNZwrjHJIALHGpUcDJ9']

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterAll(() => void vi.useRealTimers())

describe.each(['sqlite', 'redis'] as const)('people of 0.1.0 go on over %s', (store) => {
  describe.skipIf(store === 'redis' && withoutRedis())('a second later', () => {
    const fixture = fixtureOf(store)
    let opened: Opened
    let before: string
    let world: World
    let metricsPort: number
    beforeAll(async () => {
      opened = await openFixture(store)
      before = await opened.content()
      metricsPort = await freePort()
      world = await startOn(opened, fixture, { METRICS_PORT: String(metricsPort) })
    })
    afterAll(async () => {
      await world.stop()
      await opened.close()
    })

    test('Ana is still linked and shares with Ben, and Chiyo does not', async () => {
      const shown = await uses('ana', 'liked recent')
      expect(footerOf(shown)).toMatch(/^Page 1 of 312 /)
      expect(rowsOf(shown)[0]).toMatch(/^\*\*3,120\.\*\*/)
      expect(rowsOf(await uses('ben', 'liked recent', { member: id('ana') }))).toHaveLength(10)
      const asked = world.spotify.requests.length
      const refused = await uses('ben', 'liked recent', { member: id('chiyo') })
      expect(refused).toMatchObject({ ephemeral: true, embeds: [] })
      expect(world.spotify.requests.length).toBe(asked)
    })

    test('Gus still waits as Spotify has asked, and is not reminded again on the same day', async () => {
      const asked = world.spotify.requests.length
      expect((await uses('gus', 'liked recent')).content).toMatch(/<t:\d+:/)
      for (const _ of ['once', 'again']) await uses('gus', 'account sharing')
      expect(world.spotify.requests.length).toBe(asked)
      expect(seenBy('gus').filter(({ content }) => content.includes('connection lasts until'))).toEqual([])
    })

    test('Dara goes on from the page that she has open, and Emil from the link that he was sent', async () => {
      const [dara, emil] = [world.person('dara').browser, world.person('emil').browser]
      const address = world.env['PUBLIC_URL'] ?? ''
      for (const [name, value] of fixture.session.cookies) dara.cookies.set(name, value)
      const open = {
        url: `${address}/link`,
        status: 200,
        text: fixture.session.page,
        headers: new Headers(),
        trail: [],
      }
      const invited = await emil.visit(address + fixture.invitation)
      for (const [browser, first] of [[dara, open] as const, [emil, invited] as const]) {
        let page = first
        while (page.status === 200 && /primary/.test(page.text)) page = await browser.goOn(page)
        expect(page.status, page.text).toBe(200)
      }
      expect((await uses('dara', 'account status')).content).toContain('Dara')
      expect((await uses('emil', 'account status')).content).toContain('Emil')
    })

    test('status and export name what is stored, also what has ended or ends soon', async () => {
      expect((await uses('ana', 'account status')).content).toContain('Ana')
      const exported = await exportOf('ana')
      const servers = [world.discord.guild.id, '197038439483319999']
      for (const word of [anaOnSpotify, 'user-library-read', ...servers, 'present']) expect(exported).toContain(word)
      expect(exported).not.toMatch(/v1\.k1\.|AQ[\w-]{60}/)
      expect(await exportOf('ben')).toContain('user-library-modify')
      expect((await uses('fay', 'account status')).content).toContain('</link:')
      expect(await exportOf('fay')).toContain('Fay')
      expect(await exportOf('dara')).toContain('questions')
      expect(await exportOf('emil')).toContain(emilUnlinked)
    })

    test('commands keep the ids that Discord has given them, and metrics their names', async () => {
      const help = descriptionOf(await uses('ana', 'help'))
      for (const name of ['link', 'unlink']) {
        const known = fixture.discord.commands['global']?.find((command) => command['name'] === name)
        expect(help).toContain(`</${name}:${String(known?.['id'])}>`)
      }
      const scraped = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
      for (const name of names.metrics) expect(scraped).toContain(`# TYPE ${name}`)
    })

    test('Dara has asked Chiyo within the hour, so she asks in vain', async () => {
      const refused = await uses('dara', 'liked recent', { member: id('chiyo') })
      expect(refused.content).toContain("You asked within the last hour, and they haven't answered yet.")
      expect(refused.components).toEqual([])
    })

    test('Ana, Ben, Chiyo and Fay are shown with what they agreed to, until Ana agrees to more', async () => {
      const agreed = await songsShown('fay')
      // Others saved them too, which the page tells, or they are of the newest three.
      expect(agreed['several']).toBeGreaterThan(0)
      for (const name of ['ana', 'ben', 'chiyo', 'fay']) expect(agreed[id(name)] ?? 0).toBeLessThanOrEqual(3)
      expect(agreed[id('ana')]).toBe(3)
      expect((await uses('ana', 'roundup status')).content).toContain('only the newest three of your others')
      const offered = await uses('ana', 'roundup join')
      expect(offered.content).toContain('only the newest three of your others')
      const now = await presses('ana', offered, /^Show everything$/)
      expect(now.content).toMatch(/now show every song you like/)
      expect((await uses('ana', 'roundup status')).content).toContain('show every song you like')
      const after = await songsShown('fay')
      expect(after[id('ana')]).toBeGreaterThan(3)
      for (const name of ['ben', 'chiyo', 'fay']) expect(after[id(name)] ?? 0).toBeLessThanOrEqual(3)
      expect(JSON.parse(await exportOf('ana'))).toMatchObject({ roundups: { showsAllIn: [world.discord.guild.id] } })
    })

    test('Ana leaves, and is in none of the roundups that were posted', async () => {
      const posted = Object.values(fixture.roundups)
      const standing = () => [...seenBy('ana'), ...seenBy('ana', roundups)].filter(({ id }) => posted.includes(id))
      expect(standing()).toHaveLength(2)
      expect(JSON.stringify(standing())).toContain(`<@${id('ana')}>`)
      await uses('ana', 'roundup leave')
      await expect.poll(() => JSON.stringify(standing())).not.toContain(`<@${id('ana')}>`)
      for (const message of standing()) {
        const turned = await presses('ben', message, /^(Next|Previous)$/)
        expect(footerOf(turned)).toMatch(/^Page \d of \d /)
        expect(JSON.stringify(turned)).not.toContain(`<@${id('ana')}>`)
      }
    })

    test('the weekly roundup comes on Friday, once, and the paused one does not', async () => {
      await presses('ana', await uses('ana', 'roundup join'), /^(Join|Looks good)/)
      world.spotify.like('ana-spotify')
      vi.setSystemTime(nextFriday)
      const posts = () =>
        seenBy('ana', roundups).filter(({ author, createdAt }) => author.bot && createdAt > fixture.madeAt + 1000)
      await expect.poll(() => posts().length).toBe(1)
      expect(JSON.stringify(posts())).toContain('open.spotify.com/track/')
      const after = async () => (await uses('ana', 'roundup status')).content
      await expect.poll(after).toContain(`<t:${(nextFriday + week) / 1000}:`)
      expect(posts()).toHaveLength(1)
    })

    test('Gus presses the button under his /unlink, and nothing of his is left', async () => {
      const unlink = buttonsOf(store).find(({ from }) => from === '/unlink')
      await pressesStored(world, fixture, unlink ?? expect.unreachable())
      const own = [id('gus'), gusOnSpotify, 'c0ffee00c0ffee00c0ffee00c0ffee00']
      await world.stop()
      const content = await opened.content()
      for (const word of own) expect([before.includes(word), content.includes(word)], word).toEqual([true, false])
      world = await startOn(opened, fixture)
    })

    test('the key can be changed, and Ana stays linked', async () => {
      await world.stop()
      const settings = { ...opened.settings, TOKEN_KEYS: `k2:${Buffer.alloc(32, 2).toString('base64')},${opened.keys}` }
      expect(keys('status', settings)).toMatchObject({ status: 0, stdout: expect.stringMatching(/k2[^]*k1[^]*\d/) })
      expect(keys('reseal', settings)).toMatchObject({ stdout: expect.stringContaining('k2') })
      world = await startOn({ ...opened, settings }, fixture)
      expect(footerOf(await uses('ana', 'liked recent'))).toMatch(/^Page 1 of 312 /)
    })

    /** How many songs stand under each heading of all pages of a roundup of 31 days. */
    async function songsShown(name: string): Promise<Record<string, number>> {
      const player = world.person(name)
      let page = messageOf(await collected(world, player, await player.uses('roundup now', { days: 31 })))
      const counts: Record<string, number> = {}
      for (;;) {
        let heading = 'several'
        for (const line of textOf(page).split('\n')) {
          if (line.startsWith('### ')) heading = /<@(\d+)>/.exec(line)?.[1] ?? 'several'
          else if (line.includes('open.spotify.com/track/')) counts[heading] = (counts[heading] ?? 0) + 1
        }
        const next = buttonsUnder(page).find(({ label, disabled }) => label === 'Next' && !disabled)
        if (!next) return counts
        page = messageOf(await player.presses(page, next.custom_id ?? ''))
      }
    }

    const id = (name: string): string => world.person(name).id
    const seenBy = (name: string, channel = music) => world.discord.messages(channel, id(name))
    const exportOf = async (name: string) => (await uses(name, 'account export')).attachments[0]?.text ?? ''

    async function uses(name: string, command: string, options?: OptionValues): Promise<Message> {
      return messageOf(await world.person(name).uses(command, options))
    }

    /** Presses the first button with such a label that can be pressed. */
    async function presses(name: string, message: Message, label: RegExp): Promise<Message> {
      const found = buttonsUnder(message).find((button) => label.test(button.label) && !button.disabled)
      return messageOf(await world.person(name).presses(message, found?.custom_id ?? expect.unreachable()))
    }
  })
})

/** What the operator's command says. */
function keys(task: string, settings: Readonly<Record<string, string>>) {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { keys: string } }
  const env = { PATH: process.env['PATH'], ...settings }
  return spawnSync(process.execPath, [scripts.keys.split(' ').at(-1) ?? '', task], { env, encoding: 'utf8' })
}
