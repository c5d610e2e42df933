import { messageOf } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

export async function account({ world, people, messages, opened }: Stage): Promise<void> {
  const { ana, ben } = people
  await ana.links()
  await messages('status', ana, messageOf(await ana.uses('account status')))
  const sharing = messageOf(await ana.uses('account sharing'))
  await messages('sharing', ana, sharing)
  await messages('sharing-here', ana, messageOf(await ana.presses(sharing, 'Share with this server')))
  await ana.presses(messageOf(await ana.uses('roundup join')), 'Join roundups')
  const status = messageOf(await ana.uses('account status'))
  await messages('status-sharing', ana, status)
  await opened('status-sharing-selects', ana, status)
  const select = status.components.flatMap((row) => row['components'] as { placeholder?: string; custom_id: string }[])
  const stop = select.find(({ placeholder }) => placeholder?.startsWith('Stop sharing'))?.custom_id ?? ''
  const stopped = await world.discord.press(ana.id, status.id, stop, [world.discord.guild.id])
  await messages('status-sharing-stopped', ana, messageOf(stopped))
  const joined = messageOf(await ana.uses('account sharing'))
  await messages('sharing-roundups-only', ana, joined)
  await messages('sharing-ended', ana, messageOf(await ana.presses(joined, 'Share with nobody')))
  await messages('export', ana, messageOf(await ana.uses('account export')))
  await messages('sharing-not-linked', ben, messageOf(await ben.uses('account sharing')))
}
