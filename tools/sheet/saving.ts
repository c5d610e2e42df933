import type { Message } from '../../sandbox/discord/discord.ts'
import { buttonsOf, messageOf, type Player } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

/** Ben at Ana's songs: copies of his own, and what he saves of them. */
export async function saving(stage: Stage): Promise<void> {
  const { world, people, messages, opened } = stage
  const { ana, ben, chiyo } = people
  for (const person of [ana, ben]) await person.links()
  await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')

  const hers = messageOf(await ana.uses('liked recent'))
  await messages('page-of-another-as-seen', ben, hers)
  await messages('copy', ben, messageOf(await ben.presses(hers, 'Next')))
  await messages('copy-by-browsing', ben, messageOf(await ben.presses(hers, 'Browse privately')))
  const asked = messageOf(await ben.uses('liked recent', { member: ana.id }))
  await messages('recent-of-another', ben, asked)
  await opened('recent-of-another-select', ben, asked)
  await messages(
    'search-of-another',
    ben,
    messageOf(await ben.uses('liked search', { query: 'river', member: ana.id })),
  )

  const song = messageOf(await ben.uses('liked random', { member: ana.id }))
  await messages('random-of-another', ben, song)
  await messages('random-copy', ben, messageOf(await ben.presses(messageOf(await ana.uses('liked random')), 'Another')))
  const permission = messageOf(await ben.presses(song, 'Save to my liked songs'))
  await messages('save-permission', ben, permission)
  await allow(ben, permission)
  await messages('save-permission-given', ben, permission)
  await messages('save-done', ben, await saves(ben, asked, 3))
  await messages('save-already', ben, await saves(ben, asked, 3))
  await messages('save-not-linked', chiyo, await saves(chiyo, asked, 4))
  await messages('save-failed', ben, await whileDown(() => saves(ben, asked, 5)))

  async function saves(person: Player, list: Message, index: number): Promise<Message> {
    const select = list.components
      .flatMap((row) => (row['components'] ?? []) as Select[])
      .find(({ type }) => type === 3)
    const value = select?.options?.[index]?.value ?? ''
    return messageOf(await world.discord.press(person.id, list.id, select?.custom_id ?? '', [value]))
  }

  async function whileDown<Seen>(act: () => Promise<Seen>): Promise<Seen> {
    world.spotify.trouble = { kind: 'server-error' }
    const seen = await act()
    world.spotify.trouble = { kind: 'none' }
    return seen
  }
}

/** Goes through the pages behind the link of a message. */
export async function allow({ browser }: Player, message: Message): Promise<void> {
  let page = await browser.visit(buttonsOf(message)[0]?.url ?? '')
  while (page.text.includes('primary"')) page = await browser.goOn(page)
}

interface Select {
  readonly type: number
  readonly custom_id: string
  readonly options?: readonly { readonly value: string }[]
}
