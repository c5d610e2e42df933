import { pseudoLocales } from '../../sandbox/pseudo-locales.ts'
import { findLocaleFiles } from '../../src/locale-files.ts'
import { buttonsOf, messageOf, type Player } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

/** The main messages and pages in every language. */
export async function languages({ world, people, messages, address }: Stage): Promise<void> {
  const { ana, ben } = people
  for (const person of [ana, ben]) await person.links()
  await ben.presses(messageOf(await ben.uses('account sharing')), 'Share with this server')
  await ben.presses(messageOf(await ben.uses('roundup join')), 'Join roundups')
  for (const [index, locale] of [...findLocaleFiles().names, ...pseudoLocales].entries()) {
    for (const { id } of [ana, ben, world.discord.guild]) world.discord.setLocale(id, locale)
    const shows = async (name: string, player: Player, ...used: Parameters<Player['uses']>) => {
      const shown = messageOf(await player.uses(...used))
      await messages(`language-${locale}-${name}`, player, shown)
      return shown
    }
    await shows('recent', ana, 'liked recent')
    const others = await shows('member', ana, 'liked recent', { member: ben.id })
    await shows('save', ana, 'Save songs', { target: others.id })
    // Nobody may ask for more than ten within an hour.
    await shows('roundup', index < 9 ? ana : ben, 'roundup now', { days: 7 })
    await shows('join', ana, 'roundup join')
    await shows('status', ben, 'account status')
    await shows('refused', ben, 'liked recent', { member: ana.id })
    await shows('help', ana, 'help')
    const link = await shows('link', ben, 'link')
    await address(`language-${locale}-page`, ben, buttonsOf(link)[0]?.url ?? '')
  }
}
