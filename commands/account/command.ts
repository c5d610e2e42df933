import type { CommandGroup, ComponentInteraction, Reply } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import { UserError } from '../../src/errors.ts'
import { defaultLocale, type Translate } from '../../src/i18n.ts'
import { accountStatus } from '../../src/views/account-status.ts'
import { markOf } from '../../src/views/common-id.ts'
import { everywhere } from '../../src/views/components.ts'
import { linkedFor } from '../../src/views/link-offer.ts'
import { answerQuestion, undoAnswer } from '../../src/views/share-answer.ts'
import { answeredReminder, decodeReminderId, reminderSettings, type ReminderId } from '../../src/views/reminder.ts'
import { decodeShareRequestId, question, refusal, type ShareRequestId } from '../../src/views/share-request.ts'
import { timestamp } from '../../src/views/song.ts'
import { sharingSettings } from '../../src/views/sharing-settings.ts'

export default {
  data: { name: 'account', ...everywhere },

  order: ['status', 'sharing', 'reminders', 'export'],

  async component(interaction, app, t) {
    const choice = decodeReminderId(interaction.customId)
    if (choice) return remind(interaction, choice, app, t)
    const id = decodeShareRequestId(interaction.customId)
    if (!id) throw new UserError('account.fresh')
    if (id.action === 'ask') return ask(interaction, id, app, t)
    if (interaction.user.id !== id.owner) throw new UserError('share.notYours', { owner: `<@${id.owner}>` })
    return chosen(interaction, id, app, t)
  },
} satisfies CommandGroup

/** Turns reminders on or off, in the settings or in a reminder; an old one may be pressed by somebody who is not linked. */
async function remind({ user }: ComponentInteraction, choice: ReminderId, app: App, t: Translate): Promise<Reply> {
  const { isOn, owner, mark } = choice
  if (user.id !== owner) throw new UserError('reminders.notYours', { owner: `<@${owner}>` })
  await app.reminders.set(owner, isOn)
  const shown = mark === undefined ? reminderSettings(owner, app, t) : answeredReminder(choice, app, t)
  return { kind: 'update', ...(await shown) }
}

/** Puts the question into the channel, for its owner to answer; the refusal with the button says so from then on. */
async function ask(
  { user, guildId, guildLocale, locale, token }: ComponentInteraction,
  { owner, common }: ShareRequestId,
  app: App,
  t: Translate,
): Promise<Reply> {
  if (guildId === null) throw new UserError('share.onlyInServers')
  const mention = { owner: `<@${owner}>` }
  if (await app.membership.isGone(owner, guildId)) throw new UserError('share.left', mention)
  const asked = { asker: user.id, person: owner, server: guildId }
  const asking = app.questions.ask(asked, { token, locale })
  const outcome = await linkedFor({ key: 'share.ask.notLinked', values: mention }, asking)
  if (outcome !== 'asked' && outcome.why === 'too many')
    throw new UserError('share.asked.tooMany', { when: timestamp(outcome.until, 'R') })
  if (outcome !== 'asked')
    return { kind: 'update', ...refusal({ owner, ask: '', standing: outcome, isCommon: false }, t) }
  // The refusal was for the asker alone; the question is for everybody to read.
  const everybodys = app.languages.memo(guildLocale ?? defaultLocale)
  const mark = common === undefined ? undefined : markOf(await app.accounts.get(user.id))
  const followUp = { ...question({ ...asked, common: mark }, everybodys), ephemeral: false } as const
  return { kind: 'update', content: t('share.asked', mention), followUp }
}

async function chosen(interaction: ComponentInteraction, id: ShareRequestId, app: App, t: Translate): Promise<Reply> {
  const { guildId: server } = interaction
  const { action, owner, asker = owner, common } = id
  if (action === 'stop' || action === 'leave' || action === 'end') {
    const [where = '', ...others] = interaction.isStringSelectMenu() ? interaction.values : []
    if (!/^\d{17,20}$/.test(where) || others.length > 0) throw new UserError('account.noServer')
    if (action === 'leave') await app.roundups.leave(owner, where)
    else await app.sharing.set(owner, where, false)
    if (action === 'end') return { kind: 'update', ...(await sharingSettings(owner, server, app, t)) }
    return { kind: 'update', ...(await accountStatus(app, interaction, t)) }
  }
  if (server === null) throw new UserError('share.inServer')
  const asked = { asker, person: owner, server, common }
  switch (action) {
    case 'once':
    case 'here':
    case 'no':
      return answerQuestion(interaction, action, asked, app, t)
    case 'share':
      await app.sharing.share(owner, server)
      break
    case 'hide':
      await Promise.all([app.sharing.set(owner, server, false), app.roundups.leave(owner, server)])
      break
    case 'listen':
      await app.questions.setQuiet(owner, server, false)
      break
    default:
      return undoAnswer(interaction, id, asked, app, t)
  }
  return { kind: 'update', ...(await sharingSettings(owner, server, app, t)) }
}
