import type { Message } from '../../sandbox/discord/discord.ts'
import { seenAgain } from '../../test/world/asking.ts'
import { holdSpotify } from '../../test/world/hold.ts'
import { until } from '../../test/world/until.ts'
import { messageOf } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

/** What Ana sees until an answer is there. */
export async function waiting({ world, people, messages }: Stage): Promise<void> {
  const { ana } = people
  const music = world.discord.channels[0]?.id ?? ''
  await ana.links()
  await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')

  let letGo = holdSpotify(world.spotify)
  const answer = ana.uses('liked recent')
  await messages('thinking', ana, await until('the announcement', () => seen().find(({ thinking }) => thinking)))
  letGo()
  await answer

  letGo = holdSpotify(world.spotify)
  const collecting = messageOf(await ana.uses('roundup now', { days: 31 }))
  await messages('roundup-collecting', ana, collecting)
  letGo()

  world.spotify.trouble = { kind: 'slow', delay: 1 }
  const search = messageOf(await ana.uses('liked search', { query: 'river' }))
  await until('a song', () => embedOf(seenAgain(world, ana, search)).includes('.** ['))
  letGo = holdSpotify(world.spotify)
  await messages('search-so-far', ana, search)
  letGo()
  await until('the whole list', () => !embedOf(seenAgain(world, ana, search)).includes('so far'))

  function seen(): readonly Message[] {
    return world.discord.messages(music, ana.id)
  }
}

function embedOf(message: Message | undefined): string {
  return JSON.stringify(message?.embeds)
}
