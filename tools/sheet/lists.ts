import { messageOf } from '../../test/world/world.ts'
import { makeCatalog } from '../../sandbox/songs/catalog.ts'
import type { Stage } from './stage.ts'

export async function lists({ people, chat, sit, window, messages }: Stage): Promise<void> {
  const { ana, ben, dara, fay, gus } = people
  gus.spotify.allowed = true
  gus.spotify.library = rightToLeft()
  for (const person of [ana, ben, dara, fay, gus]) await person.links()

  const recent = messageOf(await ana.uses('liked recent'))
  await messages('recent', ana, recent)
  await messages('recent-next', ana, messageOf(await ana.presses(recent, 'Next')))
  await messages('recent-last', ana, messageOf(await ana.presses(recent, 'Last')))
  await messages('recent-private', ana, messageOf(await ana.uses('liked recent', { private: true })))
  await messages('recent-odd-songs', fay, messageOf(await fay.uses('liked recent')))
  await messages('recent-country', fay, messageOf(await fay.uses('liked recent', { market: 'GB' })))
  await messages('recent-country-unknown', fay, messageOf(await fay.uses('liked recent', { market: 'Atlantis' })))
  await messages('recent-right-to-left', gus, messageOf(await gus.uses('liked recent')))
  await messages('recent-empty', dara, messageOf(await dara.uses('liked recent')))
  ben.spotify.library = ben.spotify.library.slice(0, 4)
  await messages('recent-one-page', ben, messageOf(await ben.uses('liked recent')))

  await messages('search', ana, messageOf(await ana.uses('liked search', { query: 'river' })))
  const { album } = ana.spotify.library.find(({ song }) => song && !song.title.includes(song.album))?.song ?? {}
  if (album) await messages('search-album', ana, messageOf(await ana.uses('liked search', { query: album })))
  await messages('search-nothing', ana, messageOf(await ana.uses('liked search', { query: 'zzyzx' })))
  await messages('search-no-words', ana, messageOf(await ana.uses('liked search', { query: '!!!' })))

  const date = async (typed: string) => messageOf(await ana.uses('liked when', { date: typed }))
  await messages('when-year', ana, await date('2025'))
  await messages('when-month', ana, await date('March 2025'))
  const day = new Date(ana.spotify.library[1500]?.addedAt ?? 0).toISOString().slice(0, 10)
  await messages('when-day', ana, await date(day))
  await messages('when-future', ana, await date('2031'))
  await messages('when-nothing', ana, await date('2012'))
  await messages('when-wrong', ana, await date('last summer'))
  await messages('when-no-such-day', ana, await date('2025-02-30'))

  const random = messageOf(await ana.uses('liked random'))
  await messages('random', ana, random)
  await messages('random-another', ana, messageOf(await ana.presses(random, 'Another')))
  await messages('random-odd', fay, messageOf(await fay.uses('liked random')))
  await messages('random-right-to-left', gus, messageOf(await gus.uses('liked random')))
  await messages('random-empty', dara, messageOf(await dara.uses('liked random')))

  const dialog = await ana.presses(recent, '312 / 312')
  await messages('jump-wrong', ana, messageOf(await ana.submits(dialog, { page: 'first' })))
  await messages(
    'jump-beyond',
    ana,
    messageOf(await ana.submits(await ana.presses(recent, '312 / 312'), { page: '9999' })),
  )
  await sit(ana)
  await chat.getByRole('button', { name: '312 / 312' }).last().click()
  await chat.getByRole('dialog').waitFor()
  await window('jump')
  await chat.keyboard.press('Escape')
  await messages('button-of-another-version', ana, messageOf(await ana.forges(recent, 'liked:9:x')))

  await suggested('suggested-commands', '/')
  await suggested('suggested-query', '/liked search nothing:1', 'query', 'river')
  await suggested('suggested-query-nothing', '/liked search nothing:1', 'query', 'zzyzx')
  await suggested('suggested-country', '/liked recent nothing:1', 'market', 'united')

  /** What is offered while something is typed; an option that there is not opens the form of a command. */
  async function suggested(name: string, line: string, option?: string, typed = ''): Promise<void> {
    await sit(ana)
    await chat.getByLabel('Message #music').fill(line)
    if (option !== undefined) {
      await chat.getByLabel('Message #music').press('Enter')
      await chat.getByLabel(option, { exact: true }).fill(typed)
    }
    await chat.getByRole('listbox').getByRole('option').first().waitFor()
    await window(name)
  }
}

/** Songs in Hebrew and Arabic, with what stands beside them in practice. */
function rightToLeft() {
  const catalog = makeCatalog()
  const arabic = catalog.firstOf('arabic')
  const titles = ['לילה טוב (Live)', 'قلبي 2024', 'Shalom שלום', 'אהבה - Remastered', 'حب feat. Björk', 'Straße']
  const songs = titles.map((title, index) => {
    const song = catalog.song(arabic + index * 10)
    return index % 2 === 0 ? { ...song, title, artists: ['עידן רייכל', ...song.artists] } : { ...song, title }
  })
  const others = Array.from({ length: 30 }, (_, index) => catalog.song(arabic + 500 + index * 7))
  const now = Date.now() - 5_400_000
  return [...songs, ...others].map((song, index) => ({ song, addedAt: now - index * 31_000_000 }))
}
