import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { words, type Page } from '../../sandbox/browser.ts'
import type { Message } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import { joinId } from '../../src/views/roundup-id.ts'
import { answerings, lacksRedis, late, startAnswering } from '../world/answering.ts'
import { expectRefusal } from '../web/flow.ts'
import { buttonsOf, messageOf, rowsOf, type Player, type World, textsOf } from '../world/world.ts'

const music = channels[0]?.id ?? ''

const all = [...answerings, ['late over HTTP, over Redis', { deadlines: late, isHttp: true }] as const]

describe.each(all)('answered %s', (_, how) => {
  const isLeftOut = lacksRedis(how)
  let world: World
  let ana: Player
  let ben: Player
  beforeEach(async () => {
    if (isLeftOut) return
    world = await startAnswering(how)
    ana = world.person('ana')
    ben = world.person('ben')
  })
  afterEach(() => world?.stop())

  test.skipIf(isLeftOut)(
    'whatever Ben uses without a link has the button that links him, and then says so',
    async () => {
      const page = await pageOfAnas()
      await ana.uses('roundup join')
      const jump = buttonsOf(page).find(({ label }) => label.includes('/'))?.label ?? ''
      const uses = [
        () => ben.uses('liked recent'),
        () => ben.uses('liked recent', { private: true }),
        () => ben.uses('liked search', { query: 'rain' }),
        () => ben.uses('liked when', { date: '2023' }),
        () => ben.uses('liked random'),
        () => ben.uses('Liked songs', { target: ben.id }),
        () => ben.uses('Save songs', { target: page.id }),
        () => ben.uses('account status'),
        () => ben.uses('account sharing'),
        () => ben.uses('account export'),
        () => ben.uses('roundup join'),
        () => ben.uses('unlink'),
        () => world.discord.press(ben.id, page.id, 'Save to my liked songs', [trackIn(page).value]),
        () => ben.forges(page, `liked:2:${BigInt(ben.id).toString(36)}:0::n`),
        () => ben.forges(page, `account:1:ask:${world.person('chiyo').id}`),
        () => ben.forges(page, `account:1:share:${ben.id}`),
        () => ben.forges(page, joinId),
      ]
      expect(jump).toBe('1 / 312')
      for (const [index, use] of uses.entries()) {
        const told = messageOf(await use())
        expect(told, String(index)).toMatchObject({
          ephemeral: true,
          content: expect.stringMatching(/ <\/link:\d+>.* this button/),
        })
        expect(linkOf(told), `${index}: ${told.content}`).toContain(`${world.env['PUBLIC_URL']}/link?for=`)
        // The first and the last of them.
        if (index > 0 && index < uses.length - 1) continue
        expect((await goesOn(ben, linkOf(told))).status).toBe(200)
        await expect.poll(() => now(told, ben)?.content).toMatch(/^Linked as \*\*Ben\*\*\. <\/liked recent:\d+> shows/)
        expect(now(page, ana)).toEqual(page)
        await ben.presses(messageOf(await ben.uses('unlink')), 'Unlink')
      }
    },
  )

  test.skipIf(isLeftOut)(
    'Ben saves a song: the message behind his permission names it, and so does every other',
    async () => {
      await ben.links()
      const page = await pageOfAnas()
      const { value, label } = trackIn(page)
      const saves = () => world.discord.press(ben.id, page.id, 'Save to my liked songs', [value])
      const allow = messageOf(await saves())
      const [title = ''] = label.split(' · ')
      expect(allow).toMatchObject({ ephemeral: true, content: expect.stringMatching(named('I save', title)) })
      const start = await ben.browser.visit(linkOf(allow, 'Allow saving'))
      expect(words(start)).toMatch(/^Hearsay Let me save songs for you You pressed Save in Discord/)
      const done = await goesOn(ben, start.url)
      expect(words(done)).toContain(`Saved ${title} to your liked songs`)
      await expect.poll(() => now(allow, ben)?.content).toMatch(named('^Saved', title))
      expect(now(page, ana)).toEqual(page)
      expect(messageOf(await saves()).content).toMatch(named('^You already have', title))

      const random = messageOf(await ana.uses('liked random'))
      const told = messageOf(await ben.presses(random, 'Save to my liked songs'))
      expect(told.content || textsOf(told)[0]).toMatch(
        /^(?:Saved|You already have) \*\[.+\]\(https:\/\/open\.spotify\.com\/track\/\w{22}\)\*/,
      )
      // What 0.1.0 has sent names no title.
      const former = messageOf(await ben.forges(random, `liked:save:${value.slice(0, 22)}`)).content
      expect(former).toMatch(named('^You already have', 'this song'))
    },
  )

  test.skipIf(isLeftOut)('Ben has never linked, and saves a song with his first permission', async () => {
    const page = await pageOfAnas()
    const { value, label } = trackIn(page)
    const told = messageOf(await world.discord.press(ben.id, page.id, 'Save to my liked songs', [value]))
    await goesOn(ben, linkOf(told))
    await expect.poll(() => now(told, ben)?.content).toMatch(named('^Saved', label.split(' · ')[0] ?? ''))
    expect(ben.spotify.library[0]?.song?.id).toBe(value.slice(0, 22))
  })

  test.skipIf(isLeftOut)('a step that failed starts again for the same message', async () => {
    const page = await pageOfAnas()
    const told = messageOf(await world.discord.press(ben.id, page.id, 'Save to my liked songs', [trackIn(page).value]))
    let asked = await ben.browser.visit(linkOf(told))
    while (!/Cancel</.test(asked.text) || !asked.url.startsWith(world.spotify.accountsUrl))
      asked = await ben.browser.goOn(asked)
    const refused = await ben.browser.push(asked, 'Cancel')
    expectRefusal(refused, 403)
    // Repeated, it has the same way out.
    for (const failed of [refused, await ben.browser.visit(refused.url)])
      expect(againOf(failed)).toBe(new URL(linkOf(told)).search)
    await goesOn(ben, new URL(`/link${againOf(refused)}`, world.env['PUBLIC_URL']).href)
    await expect.poll(() => now(told, ben)?.content).toMatch(/^Saved /)
  })

  test.skipIf(isLeftOut)(
    'Ana, who is linked, hears as whom, and renews or takes another account by one button',
    async () => {
      await ana.links()
      const told = messageOf(await ana.uses('link'))
      expect(told.content).toMatch(/^You are linked as \*\*Ana\*\* on Spotify\..*link another account/)
      expect((await goesOn(ana, linkOf(told, 'Renew or link another account'))).status).toBe(200)
      await expect.poll(() => now(told, ana)?.content).toContain('Linked as **Ana**')
      const status = messageOf(await ana.uses('account status'))
      expect(linkOf(status, 'Renew connection')).toContain('/link')
    },
  )

  test.skipIf(isLeftOut)(
    'Ana takes another account by that button: it is shown, and starts with nothing shared',
    async () => {
      await ana.links()
      await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
      await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
      const list = messageOf(await ana.uses('liked recent'))
      const own = rowsOf(list)
      const told = messageOf(await ana.uses('link'))
      const discordPage = await ana.browser.goOn(await ana.browser.visit(linkOf(told, 'Renew or link another account')))
      const confirm = await ana.browser.goOn(discordPage)
      // Spotify asks who she is there, every time.
      ana.browser.cookies.set('sandbox_person', ben.id)
      const done = await ana.browser.goOn(await ana.browser.goOn(confirm))
      expect(words(done)).toContain('Ben on Spotify is linked to @ana on Discord.')
      await expect
        .poll(() => now(told, ana))
        .toMatchObject({
          content: expect.stringContaining('Linked as **Ben**'),
          components: [],
        })
      expect(messageOf(await ana.uses('link')).content).toContain('You are linked as **Ben**')
      const status = messageOf(await ana.uses('account status'))
      expect(status.content).toContain('Your liked songs are not shared here.')
      expect(status.content).not.toContain('your songs are in its roundups')
      expect(messageOf(await ben.uses('liked recent', { member: ana.id })).content).toContain('not shared with you')
      // The old list turns to what is hers now.
      const turned = messageOf(await ana.presses(list, 'Refresh'))
      expect(rowsOf(turned)).toHaveLength(10)
      expect(rowsOf(turned)).not.toEqual(own)
    },
  )

  test.skipIf(isLeftOut)('Ana’s connection has ended: what says so renews it', async () => {
    await ana.links()
    world.spotify.revoke(ana.spotify.id)
    world.spotify.expireAccessTokens()
    const told = messageOf(await ana.uses('liked recent'))
    expect(told.content).toMatch(/connection has ended.*<\/link:\d+> or this button/)
    await goesOn(ana, linkOf(told, 'Renew connection'))
    await expect.poll(() => now(told, ana)?.content).toContain('Linked as **Ana**')
  })

  /** Somebody else has looked her songs up, so they can be chosen to be saved. */
  async function pageOfAnas(): Promise<Message> {
    await ana.links()
    await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
    return messageOf(await world.person('emil').uses('liked recent', { member: ana.id }))
  }

  /** The first song to choose. */
  function trackIn(page: Message): { readonly value: string; readonly label: string } {
    type Select = { readonly options?: readonly { readonly value: string; readonly label: string }[] }
    const selects = page.components.flatMap((row) => row['components'] as Select[])
    return selects.flatMap(({ options = [] }) => options)[0] ?? expect.unreachable()
  }

  /** What the player sees of it at this moment. */
  function now({ id }: Message, { id: viewer }: Player): Message | undefined {
    return world.discord.messages(music, viewer).find((message) => message.id === id)
  }
})

function linkOf(message: Message, label = 'Link Spotify'): string {
  return buttonsOf(message).find((button) => button.label === label)?.url ?? ''
}

/** From the page behind a button on, by primary forms, to the last one. */
async function goesOn({ browser }: Player, url: string): Promise<Page> {
  let page = await browser.visit(url)
  while (/primary/.test(page.text.replace(/<style>[\s\S]*?<\/style>/, ''))) page = await browser.goOn(page)
  return page
}

function againOf(page: Page): string {
  return (/class="button" href="\/link([^"]*)"/.exec(page.text)?.[1] ?? '').replaceAll('&amp;', '&')
}

function named(before: string, title: string): RegExp {
  return new RegExp(`${before} \\*\\[${RegExp.escape(title)}\\]\\(https://open\\.spotify\\.com/track/\\w{22}\\)\\*`)
}
