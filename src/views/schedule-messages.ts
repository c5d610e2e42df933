import { ComponentType } from 'discord.js'
import { NotLinkedError } from '../accounts/errors.ts'
import type { ComponentInteraction, MessageBody, Reply } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import { say, type MessageKey, type Translate } from '../i18n.ts'
import type { Schedule, Settings } from '../roundups/roundups.ts'
import { TooManySchedulesError } from '../roundups/schedule.ts'
import { button, row, type ActionRow } from './components.ts'
import type { Around } from './roundup-layout.ts'
import { roundupNow } from './roundup-messages.ts'
import { checkManages, scheduleLine, scheduleStatus } from './roundup-settings.ts'
import * as ids from './schedule-id.ts'
import { languageSelect } from './schedule-language.ts'

/**
 * Sets up a schedule, and shows below it what it would post now; both can be taken back. Where there are too many, all of
 * them are listed. `hint`: small print.
 */
export async function scheduleAnswer(
  app: App,
  person: string,
  server: string,
  { chosen, hint, locale }: { readonly chosen: Settings; readonly hint: string | undefined; readonly locale: string },
  t: Translate,
): Promise<Reply> {
  const all = await app.roundups.schedules(server)
  try {
    const before = all.find(({ channel }) => channel === chosen.channel)
    // What was chosen for it once stays.
    const made = await app.roundups.setUp(server, before ? chosen : { ...chosen, locale }, person)
    const others = before ? [] : all.filter(({ paused }) => paused === null).map(({ channel }) => `<#${channel}>`)
    const also = others.length > 0 ? t('schedule.also', { channels: others }) : undefined
    const small = [also, hint].filter((one) => one !== undefined).map((one) => `-# ${one}`)
    const above = [t('schedule.set', { schedule: scheduleLine(made, t) }), ...small].join('\n')
    const good = button(t('button.looksGood'), ids.encodeScheduleId('good', made.channel), { style: 'Success' })
    const cancel = button(t('button.cancel'), ids.encodeCancelId(made, before))
    const below = [...languageSelect(app.languages, made, t), row(good, cancel)]
    const [around, days] = [{ above, below }, made.every === 'week' ? 7 : 31]
    const { hideExplicit } = made
    const shown = { around, hideExplicit, locale: app.languages.memo(made.locale ?? '').locale }
    return await orWithout(() => roundupNow(app, person, server, days, true, t, shown), around, t)
  } catch (error) {
    if (!(error instanceof TooManySchedulesError)) throw error
    return { kind: 'message', ephemeral: true, ...choice(all, 'delete', say(t, error), t) }
  }
}

/** It is set up, whatever keeps the preview away. */
async function orWithout(work: () => Promise<Reply | undefined>, around: Around, t: Translate): Promise<Reply> {
  try {
    const reply = (await work()) ?? plain('schedule.noPreview')
    const next = reply.kind === 'message' && reply.continueWith
    return next ? { ...reply, continueWith: () => orWithout(next, around, t) } : reply
  } catch (error) {
    return plain(error instanceof UserError ? error : 'schedule.noPreview')
  }

  function plain(why: MessageKey | UserError): Reply {
    const { above = '', below: components = [] } = around
    const small = typeof why === 'string' ? t(why) : say(t, why)
    return { kind: 'message', ephemeral: true, content: `${above}\n-# ${small}`, components }
  }
}

/** What stands around a roundup in the message that was pressed, and stays there when its page is turned. */
export function aroundOf(interaction: ComponentInteraction): Around {
  const components = interaction.message?.components.map((component) => component.toJSON()) ?? []
  if (!components.some(({ type }) => type === ComponentType.Container)) return {}
  const above = components.find((one) => one.type === ComponentType.TextDisplay)?.content
  return { above, below: components.filter((one): one is ActionRow => one.type === ComponentType.ActionRow) }
}

/** Does that to the schedule of a channel; without one to the only one that it makes sense for, or it asks which. */
export async function actOnSchedule(
  app: App,
  server: string,
  action: Exclude<ids.ScheduleAction, 'delete'>,
  channel: string | undefined,
  t: Translate,
): Promise<MessageBody> {
  if (channel !== undefined) return act(app, server, action, channel, t)
  const all = await app.roundups.schedules(server)
  const open = all.filter(({ paused }) => (paused === null) === (action === 'pause'))
  const [one, ...others] = open.length > 0 ? open : all
  if (!one) throw new UserError('schedule.none')
  return others.length > 0
    ? choice([one, ...others], action, t(whichOne[action]), t)
    : act(app, server, action, one.channel, t)
}

/** All of a server, with a button for each, five in a row: where a process has died there may be a sixth. */
function choice(
  schedules: readonly Schedule[],
  action: ids.ScheduleAction,
  question: string,
  t: Translate,
): MessageBody {
  const lines = schedules.map((schedule, index) => `${t.number(index + 1)}. ${scheduleStatus(schedule, t)}`)
  const buttons = schedules.map(({ channel }, index) =>
    button(t(oneOf[action], { number: index + 1 }), ids.encodeScheduleId(action, channel)),
  )
  return {
    content: [question, ...lines].join('\n'),
    components: [buttons.slice(0, 5), buttons.slice(5, 10)]
      .filter(({ length }) => length > 0)
      .map((some) => row(...some)),
  }
}

const whichOne = { pause: 'schedule.which.pause', resume: 'schedule.which.resume' } as const
const oneOf = {
  pause: 'button.pauseOne',
  resume: 'button.resumeOne',
  delete: 'button.deleteOne',
} as const satisfies Record<ids.ScheduleAction, MessageKey>

/** What a button about a schedule does; undefined for others. @throws UserError for somebody who may not decide */
export async function pressedSchedule(
  interaction: ComponentInteraction,
  app: App,
  server: string,
  t: Translate,
): Promise<Reply | undefined> {
  const id = ids.decodeScheduleId(interaction.customId)
  if (!id) return undefined
  checkManages(interaction)
  const { action, channel } = id
  if (action !== 'good' && action !== 'cancel')
    return { kind: 'update', ...(await act(app, server, action, channel, t)) }
  const schedule = (await app.roundups.schedules(server)).find((one) => one.channel === channel)
  if (!schedule) throw new UserError('schedule.noneThere', { channel: `<#${channel}>` })
  if (action === 'good') return { kind: 'update', content: scheduleStatus(schedule, t), components: [] }
  // By somebody else, or with another command: that stays.
  if (ids.markOf(schedule) !== id.mark) throw new UserError('schedule.changedSince')
  if (!id.before) return { kind: 'update', ...(await act(app, server, 'delete', channel, t)) }
  const { settings, setBy, state } = id.before
  const by = await linkedOr(app, setBy, interaction.user.id)
  let earlier = await app.roundups.setUp(server, settings, by)
  if (state.paused) earlier = (await app.roundups.pause(server, channel, state)) ?? earlier
  return { kind: 'update', content: `${t('schedule.asBefore')}\n${scheduleStatus(earlier, t)}`, components: [] }
}

/** That person, unless they have unlinked since: then nothing of theirs is to be stored. */
async function linkedOr(app: App, person: string | null, other: string): Promise<string> {
  if (person === null) return other
  return app.accounts.get(person).then(
    () => person,
    (error: unknown) => (error instanceof NotLinkedError ? other : person),
  )
}

async function act(
  app: App,
  server: string,
  action: ids.ScheduleAction,
  id: string,
  t: Translate,
): Promise<MessageBody> {
  const does = { pause: app.roundups.pause, resume: app.roundups.resume, delete: app.roundups.deleteSchedule }
  const schedule = await does[action](server, id)
  const channel = `<#${id}>`
  if (!schedule) throw new UserError('schedule.noneThere', { channel })
  if (action === 'resume') {
    const content = t('schedule.resumed', { schedule: scheduleLine(schedule, t) })
    return { content, components: [] }
  }
  if (action === 'delete') return { content: t('schedule.deleted', { channel }), components: [] }
  const resume = button(t('button.resume'), ids.encodeScheduleId('resume', id))
  const remove = button(t('button.delete'), ids.encodeScheduleId('delete', id), { style: 'Danger' })
  return { content: t('schedule.paused.now', { channel }), components: [row(resume, remove)] }
}
