import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message, OptionValues, Outcome } from '../../sandbox/discord/discord.ts'
import { channels } from '../../sandbox/people.ts'
import english from '../../locales/en-US.json' with { type: 'json' }
import { pseudoLocales } from '../../sandbox/pseudo-locales.ts'
import { findLocaleFiles } from '../../src/locale-files.ts'
import { registered } from '../world/registered.ts'
import { until } from '../world/until.ts'
import { buttonsOf, messageOf, selectsOf, startWorld, unhurried, type Player, type World } from '../world/world.ts'

const [music = '', , roundups = ''] = channels.map(({ id }) => id)
const { names, read } = findLocaleFiles()
const locales = [...names.filter((name) => name !== 'en-US'), ...pseudoLocales]
/** Nobody may ask for more roundups within an hour than those of a few languages. */
const groups = Array.from({ length: Math.ceil(locales.length / 4) }, (_, index) =>
  locales.slice(index * 4, index * 4 + 4),
)

/** What is shown under these names is read by people; everything else is not. */
const shownAs = new Set(['content', 'description', 'label', 'placeholder', 'text', 'title'])
/** Parts of a text between what is put in, where they are long enough to be known again. */
const partsOf = (text: string): string[] =>
  text.split(/\{\{[^}]*\}\}|`[^`]*`/).flatMap((part) => (/\S+ \S+ \S+/.test(part.trim()) ? [part.trim()] : []))
const englishParts = Object.entries(english).flatMap(([key, text]) => partsOf(text).map((part) => ({ key, part })))

describe.each(groups.map((group) => [group] as const))('every command and page in %s', (group) => {
  let world: World
  let ana: Player
  let ben: Player
  let dara: Player
  beforeAll(async () => {
    world = await startWorld({}, 'gateway', unhurried)
    ana = world.person('ana')
    ben = world.person('ben')
    dara = world.person('dara')
    for (const one of [ana, ben, dara]) await one.links()
    await ben.presses(messageOf(await ben.uses('account sharing')), 'Share with this server')
    // Both libraries in hand, nothing has to be read any more.
    for (const one of [ana, ben]) {
      const found = messageOf(await one.uses('liked search', { query: 'rain' }))
      await until('all that is found', () => buttonsOf(now(found)).length > 0)
    }
  })
  // It fails where Discord or Spotify has refused anything, or something went wrong.
  afterAll(() => world.stop())

  test.each(group)('is in %s, and has nothing of its making in it', async (locale) => {
    const { discord } = world
    for (const one of [ana, ben, dara, discord.guild]) discord.setLocale(one.id, locale)
    const seen = new Map<string, string>()
    const driven = new Set<string>()
    const sees = (what: string, shown: unknown): void => {
      for (const text of textsIn(shown)) seen.set(text, what)
    }
    const shows = async (what: string, outcome: Outcome): Promise<Message> => {
      const first = messageOf(outcome)
      sees(what, first)
      const whole = now(first)
      sees(what, whole)
      return whole
    }
    const uses = async (player: Player, command: string, options?: OptionValues): Promise<Message> => {
      driven.add(command)
      return shows(`/${command}`, await player.uses(command, options))
    }
    const presses = async (player: Player, message: Message, part: string, values?: string[]): Promise<Message> => {
      const select = selectsOf(message).find(({ custom_id: id }) => id.includes(part))
      const { custom_id: id = select?.custom_id ?? expect.unreachable(part) } =
        buttonsOf(message).find(({ custom_id: one }) => one?.includes(part)) ?? {}
      const first = select?.options.slice(0, 1).map(({ value }) => value)
      return shows(`a press of ${part}`, await discord.press(player.id, message.id, id, values ?? first))
    }

    const before = discord.messages(music, dara.id).length
    const list = await uses(ana, 'liked recent')
    await presses(ana, await presses(ana, list, ':n'), ':r')
    await presses(ben, list, ':b')
    const dialog = await ana.presses(list, buttonsOf(list).find(({ label }) => label.includes('312'))?.custom_id ?? '')
    sees('a dialog', dialog)
    sees('a page that is none', await ana.submits(dialog, { page: 'x' }))
    for (const value of ['playlist', 'memories', 'random', 'file']) await presses(ana, list, 'liked:more', [value])
    await presses(ana, await uses(ana, 'liked search', { query: 'rain' }), 'liked:playlist')
    await uses(ana, 'liked search', { query: 'nothing has this name' })
    await uses(ana, 'liked artist', { artist: ana.spotify.library[0]?.song?.artists[0] ?? '' })
    await uses(ana, 'liked when', { date: '2026' })
    await uses(ana, 'liked when', { date: 'some day' })
    await uses(ana, 'liked recent', { market: 'Atlantis' })
    await uses(ana, 'liked memories')
    await presses(ana, await uses(ana, 'liked random'), ':a')
    await uses(ana, 'liked common', { member: ben.id })
    await uses(ana, 'liked common', { member: ana.id })
    await uses(ana, 'liked export', { format: 'csv' })
    await uses(ana, 'liked playlist')
    await uses(ana, 'Liked songs', { target: ben.id })
    const others = await uses(ana, 'liked recent', { member: ben.id })
    await presses(ana, await uses(ana, 'Save songs', { target: others.id }), 'liked:songs')
    await presses(ana, others, 'liked:save')
    const refused = await uses(ana, 'liked recent', { member: dara.id, private: true })
    const ask = buttonsOf(refused).find(({ custom_id: id }) => id?.startsWith('share:'))
    if (ask) sees('a question', await ana.presses(refused, ask.custom_id ?? ''))
    for (const message of discord.messages(music, dara.id).slice(before))
      sees('what Dara finds in the channel', message)
    for (const command of ['status', 'reminders', 'sharing', 'export']) await uses(ana, `account ${command}`)
    await uses(ana, 'help')
    await uses(ana, 'link')
    await uses(ana, 'link', { 'client-id': 'x' })
    await uses(ana, 'unlink')

    const joining = await uses(ana, 'roundup join')
    if (buttonsOf(joining).some(({ custom_id: id }) => id?.includes('join-all')))
      await presses(ana, joining, 'join-all')
    const page = await uses(ana, 'roundup now', { days: 31 })
    await presses(ana, page, 'roundup:1:playlist')
    const options = { channel: roundups, weekday: 'Friday', hour: 18, timezone: 'Europe/Berlin' }
    await uses(ana, 'roundup schedule', options)
    await uses(ana, 'roundup schedule', { ...options, timezone: 'Atlantis' })
    for (const command of ['status', 'pause', 'resume', 'leave']) await uses(ana, `roundup ${command}`)
    await uses(ana, 'roundup remove', { member: ben.id })
    await uses(dara, 'roundup schedule', options)
    expect([...driven].toSorted()).toEqual(registered(world).toSorted())

    for (const [command, typed, focused] of [
      ['liked search', { query: 'rai' }, 'query'],
      ['liked artist', { artist: 'a' }, 'artist'],
      ['liked recent', { market: 'ger' }, 'market'],
      ['roundup schedule', { timezone: 'ber' }, 'timezone'],
    ] as const)
      sees('choices', await discord.complete(dara.id, music, command, typed, focused))

    const url = world.env['PUBLIC_URL'] ?? ''
    for (const path of [
      '/',
      '/link',
      '/link?own',
      '/link?client-id=x',
      '/privacy',
      '/terms',
      '/nowhere',
      '/link/confirm',
    ]) {
      const answer = await fetch(url + path, { headers: { 'accept-language': locale } })
      const text = await answer.text()
      expect(text).toContain(`<html lang="${locale}"`)
      sees(path, { text: wordsOf(text) })
    }

    const own = new Set(Object.entries(locale in pseudo ? {} : read(locale)).flatMap(([, text]) => partsOf(text)))
    const isOwn = (part: string): boolean => [...own].some((one) => one.includes(part))
    const foreign = englishParts.filter(({ part }) => !isOwn(part))
    const wrong = [...seen].flatMap(([text, what]) => [
      ...foreign.filter(({ part }) => text.includes(part)).map(({ key }) => `${what} says ${key} in English: ${text}`),
      ...(/undefined|NaN|\[object|\{\{|\}\}|null\b/.test(text) ? [`${what} has something of its making: ${text}`] : []),
      ...(Object.hasOwn(english, text) ? [`${what} shows a key: ${text}`] : []),
    ])
    expect(wrong).toEqual([])
    expect(seen.size).toBeGreaterThan(150)
  })

  /** A message as it is now: what goes on for a while changes it. */
  function now(first: Message): Message {
    return world.discord.messages(first.channelId, ana.id).find(({ id }) => id === first.id) ?? first
  }
})

const pseudo = Object.fromEntries(pseudoLocales.map((name) => [name, true]))

/** What a page says. */
function wordsOf(page: string): string {
  return page.replace(/<(style|svg)[^]*?<\/\1>/g, '').replace(/<[^>]*>/g, '\n')
}

/** What people read of an answer, wherever it is in it. */
function textsIn(shown: unknown, name = ''): string[] {
  if (typeof shown === 'string') return shownAs.has(name) ? [shown] : []
  if (Array.isArray(shown)) return shown.flatMap((one) => textsIn(one, name))
  if (typeof shown !== 'object' || shown === null) return []
  return Object.entries(shown).flatMap(([key, value]) => (key === 'attachments' ? [] : textsIn(value, key)))
}
