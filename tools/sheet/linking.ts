import { messageOf } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

export async function linking({ world, people, sit, window, messages }: Stage): Promise<void> {
  const { ana } = people
  world.spotify.publicClients.push(clientId)
  await sit(ana)
  await window('first-look')
  await messages('help', ana, messageOf(await ana.uses('help')))
  await messages('not-linked', ana, messageOf(await ana.uses('liked recent')))
  await messages('not-linked-status', ana, messageOf(await ana.uses('account status')))
  await messages('not-linked-export', ana, messageOf(await ana.uses('account export')))
  await messages('not-linked-unlink', ana, messageOf(await ana.uses('unlink')))
  await messages('not-linked-join', ana, messageOf(await ana.uses('roundup join')))
  await messages('link-client-id', ana, messageOf(await ana.uses('link', { 'client-id': clientId })))
  await messages('link-client-id-wrong', ana, messageOf(await ana.uses('link', { 'client-id': 'my app' })))
  await messages('link', ana, messageOf(await ana.uses('link')))
  await ana.links()
  const linked = world.discord.messages(world.discord.channels[0]?.id ?? '', ana.id).at(-1)
  if (linked) await messages('link-done', ana, linked)
  await messages('link-again', ana, messageOf(await ana.uses('link')))
  const question = messageOf(await ana.uses('unlink'))
  await messages('unlink', ana, question)
  await messages('unlink-done', ana, messageOf(await ana.presses(question, 'Unlink')))
}

export const clientId = 'c0ffee00'.repeat(4)
