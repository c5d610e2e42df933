import type { Clock } from '../../sandbox/clock.ts'
import { nextFriday } from '../../sandbox/roundup.ts'
import { until } from '../../test/world/until.ts'
import { messageOf } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

export async function roundups(
  { world, people, chat, sit, window, messages, opened }: Stage,
  clock: Clock,
): Promise<void> {
  const { ana, ben, chiyo, emil, fay } = people
  const members = [ana, ben, chiyo, fay]
  for (const person of [...members, emil]) await person.links()
  const channel = world.discord.channels.at(-1)?.id ?? ''
  const weekly = { channel, weekday: 'Friday', hour: 18, timezone: 'UTC' }

  await messages('roundup-nobody', ana, messageOf(await ana.uses('roundup now')))
  await messages('roundup-status-none', ana, messageOf(await ana.uses('roundup status')))
  await messages('roundup-leave-not-in', ana, messageOf(await ana.uses('roundup leave')))
  await messages('roundup-resume-none', ana, messageOf(await ana.uses('roundup resume')))
  const join = messageOf(await ana.uses('roundup join'))
  await messages('roundup-join', ana, join)
  await messages('roundup-joined', ana, messageOf(await ana.presses(join, 'Join roundups')))
  await messages('roundup-joined-already', ana, messageOf(await ana.uses('roundup join')))
  for (const person of [ben, chiyo, fay])
    await person.presses(messageOf(await person.uses('roundup join')), 'Join roundups')

  await messages('roundup-schedule-not-allowed', ben, messageOf(await ben.uses('roundup schedule', weekly)))
  await messages(
    'roundup-schedule-wrong-timezone',
    ana,
    messageOf(await ana.uses('roundup schedule', { ...weekly, timezone: 'Atlantis' })),
  )
  await sit(ana)
  await chat.getByLabel('Message #music').fill('/roundup schedule nothing:1')
  await chat.getByLabel('Message #music').press('Enter')
  await chat.getByLabel('timezone', { exact: true }).fill('ber')
  await chat.getByRole('listbox').getByRole('option').first().waitFor()
  await window('roundup-schedule-form')
  await messages('roundup-schedule', ana, messageOf(await ana.uses('roundup schedule', weekly)))
  await messages('roundup-pause', ana, messageOf(await ana.uses('roundup pause')))
  await messages('roundup-status-paused', ana, messageOf(await ana.uses('roundup status')))
  await messages('roundup-resume', ana, messageOf(await ana.uses('roundup resume')))
  await messages('roundup-status', ben, messageOf(await ben.uses('roundup status')))
  await messages('roundup-status-not-joined', emil, messageOf(await emil.uses('roundup status')))

  const now = messageOf(await ana.uses('roundup now', { days: 14 }))
  await messages('roundup-now', ana, now)
  await opened('roundup-now-select', ana, now)
  clock.leapTo(nextFriday(Date.now()) + 5_000)
  const post = await until('the post', () => posts().find(({ embeds }) => embeds.length > 0))
  await messages('roundup-posted', emil, post)
  await messages('roundup-leave', ben, messageOf(await ben.uses('roundup leave')))
  for (const person of [ana, chiyo, fay]) await person.uses('roundup leave')
  await until('the songs to go', () => !JSON.stringify(posts().find(({ id }) => id === post.id)?.embeds).includes('<@'))
  await messages('roundup-posted-removed', emil, post)

  function posts() {
    return world.discord.messages(channel, emil.id).filter(({ author, usedBy }) => author.bot && !usedBy)
  }
}

/** Ana's connection lasts six months; in their last two weeks she is told. */
export async function renewing({ world, people, messages }: Stage, clock: Clock): Promise<void> {
  const { ana } = people
  await ana.links()
  clock.leapTo(Date.now() + 172 * 24 * 60 * 60 * 1000)
  const shown = messageOf(await ana.uses('account sharing'))
  const reminder = await until('the reminder', () =>
    world.discord.messages(shown.channelId, ana.id).find(({ id }) => BigInt(id) > BigInt(shown.id)),
  )
  await messages('renewal', ana, shown, reminder)
  await messages('renewal-status', ana, messageOf(await ana.uses('account status')))
}
