import type { Clock } from '../../sandbox/clock.ts'
import { nextFriday } from '../../sandbox/roundup.ts'
import { collected } from '../../test/world/outcomes.ts'
import { joinId } from '../../src/views/roundup-id.ts'
import { until } from '../../test/world/until.ts'
import { buttonsOf, messageOf, type Player } from '../../test/world/world.ts'
import type { Stage } from './stage.ts'

const day = 24 * 60 * 60 * 1000

export async function roundups(
  { world, people, chat, sit, window, messages, opened }: Stage,
  clock: Clock,
): Promise<void> {
  const { ana, ben, chiyo, dara, emil, fay } = people
  const members = [ana, ben, chiyo, fay]
  for (const person of [...members, emil]) await person.links()
  const [music = '', general = '', channel = ''] = world.discord.channels.map(({ id }) => id)
  const weekly = { channel, weekday: 'Friday', hour: 18, timezone: 'UTC' }
  const monthly = { ...weekly, channel: general, every: 'month', 'hide-explicit': true, 'skip-empty': true }

  await messages('roundup-nobody', ana, messageOf(await ana.uses('roundup now')))
  await messages('roundup-status-none', ana, messageOf(await ana.uses('roundup status')))
  await messages('roundup-leave-not-in', ana, messageOf(await ana.uses('roundup leave')))
  await messages('roundup-resume-none', ana, messageOf(await ana.uses('roundup resume')))
  await messages('roundup-schedule-nobody', ana, messageOf(await ana.uses('roundup schedule', weekly)))
  await messages('roundup-status-nobody', ana, messageOf(await ana.uses('roundup status')))
  const join = messageOf(await ana.uses('roundup join'))
  await messages('roundup-join', ana, join)
  await messages('roundup-joined', ana, messageOf(await ana.presses(join, joinId)))
  await messages('roundup-joined-already', ana, messageOf(await ana.uses('roundup join')))
  for (const person of [ben, chiyo, fay]) await joins(person)

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
  const preview = messageOf(await collected(world, ana, await ana.uses('roundup schedule', weekly)))
  await messages('roundup-schedule', ana, preview)
  await messages('roundup-schedule-good', ana, messageOf(await ana.presses(preview, 'Looks good')))
  const other = messageOf(await collected(world, ana, await ana.uses('roundup schedule', monthly)))
  await messages('roundup-schedule-month', ana, other)
  await messages('roundup-schedule-cancelled', ana, messageOf(await ana.presses(other, 'Cancel')))
  const changed = { ...weekly, weekday: 'Sunday' }
  const back = messageOf(await collected(world, ana, await ana.uses('roundup schedule', changed)))
  await messages('roundup-schedule-as-before', ana, messageOf(await ana.presses(back, 'Cancel')))
  await ana.uses('roundup schedule', monthly)

  const which = messageOf(await ana.uses('roundup pause'))
  await messages('roundup-pause-which', ana, which)
  const paused = messageOf(await ana.presses(which, 'Pause 2'))
  await messages('roundup-pause', ana, paused)
  await messages('roundup-status-paused', ana, messageOf(await ana.uses('roundup status')))
  await messages('roundup-resume', ana, messageOf(await ana.presses(paused, 'Resume')))
  await messages('roundup-status', ben, messageOf(await ben.uses('roundup status')))
  await messages('roundup-status-not-joined', emil, messageOf(await emil.uses('roundup status')))
  const again = messageOf(await ana.uses('roundup pause', { channel: general }))
  await messages('roundup-deleted', ana, messageOf(await ana.presses(again, 'Delete this schedule')))

  const now = messageOf(await collected(world, ana, await ana.uses('roundup now', { days: 14 })))
  await messages('roundup-now', ana, now)
  await opened('roundup-now-select', ana, now)
  await joins(emil)
  clock.leapTo(nextFriday(Date.now()) + 5_000)
  const post = await until('the post', () => posts().find(({ components }) => components.length > 0))
  await messages('roundup-posted', dara, post)
  await messages('roundup-posted-next', dara, messageOf(await ana.presses(post, 'Next')))
  await ana.presses(post, 'First')
  const label = /See all \d+/.exec(JSON.stringify(post.components))?.[0] ?? ''
  const part = messageOf(await ben.presses(post, label))
  await messages('roundup-see-all', ben, part)
  await messages('roundup-see-all-last', ben, messageOf(await ben.presses(part, 'Last')))
  await messages('roundup-leave', ben, messageOf(await ben.uses('roundup leave')))

  await messages('roundup-remove', ana, messageOf(await ana.uses('roundup remove', { member: chiyo.id })))
  await messages('roundup-remove-again', ana, messageOf(await ana.uses('roundup remove', { member: chiyo.id })))
  const blocked = { member: emil.id, block: true }
  await messages('roundup-remove-block', ana, messageOf(await ana.uses('roundup remove', blocked)))
  const lifted = { member: chiyo.id, block: false }
  await messages('roundup-remove-lifted', ana, messageOf(await ana.uses('roundup remove', lifted)))
  const help = messageOf(await emil.uses('account sharing'))
  const news = await until('the news', () =>
    world.discord
      .messages(music, emil.id)
      .find(({ interaction, id }) => interaction === help.interaction && id !== help.id),
  )
  await messages('roundup-removed-told', emil, help, news)
  await messages('roundup-blocked', emil, messageOf(await emil.uses('roundup join')))
  await until('the songs to go', () => !shown().includes(`<@${emil.id}>`))
  await messages('roundup-posted-reduced', dara, post)
  const seeAll = buttonsOf(post).find((button) => button.label === label)?.custom_id ?? ''
  await messages('roundup-see-all-gone', ben, messageOf(await ben.forges(post, seeAll)))
  for (const person of [ana, fay]) await person.uses('roundup leave')
  await until('all songs to go', () => !shown().includes('<@'))
  await messages('roundup-posted-removed', dara, post)

  await joins(ana)
  await joins(ben)
  world.spotify.revoke(ana.spotify.id)
  world.spotify.expireAccessTokens()
  await ana.uses('liked recent')
  await messages('roundup-ended', ben, messageOf(await collected(world, ben, await ben.uses('roundup now'))))
  await messages('roundup-ended-join', ana, messageOf(await ana.uses('roundup join')))

  async function joins(person: Player): Promise<void> {
    await person.presses(messageOf(await person.uses('roundup join')), joinId)
  }

  function posts() {
    return world.discord.messages(channel, dara.id).filter(({ author, usedBy }) => author.bot && !usedBy)
  }

  function shown(): string {
    return JSON.stringify(posts().find(({ id }) => id === post.id)?.components)
  }
}

/** Ana's connection lasts six months; in their last two weeks she is told. */
export async function renewing({ world, people, messages }: Stage, clock: Clock): Promise<void> {
  const { ana } = people
  await ana.links()
  await ana.presses(messageOf(await ana.uses('account sharing')), 'Share with this server')
  const settings = messageOf(await ana.uses('account reminders'))
  await messages('reminders', ana, settings)
  await messages('reminders-off', ana, messageOf(await ana.presses(settings, 'Off')))
  await ana.presses(settings, 'On')
  clock.leapTo(Date.now() + 172 * day)
  const direct = await until('the direct message', () => world.discord.directs(ana.id)[0])
  await messages('reminder', ana, direct)
  const off = messageOf(await ana.presses(direct, 'Turn off reminders'))
  await messages('reminder-off', ana, off)
  await messages('reminder-on-again', ana, messageOf(await ana.presses(off, 'Turn on reminders')))
  const shown = messageOf(await ana.uses('account sharing'))
  const reminder = await until('the reminder', () =>
    world.discord.messages(shown.channelId, ana.id).find(({ id }) => BigInt(id) > BigInt(shown.id)),
  )
  await messages('renewal', ana, shown, reminder)
  await messages('renewal-status', ana, messageOf(await ana.uses('account status')))
}
