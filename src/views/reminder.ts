import type { APIMessageTopLevelComponent } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import type { Reminder } from '../reminders/remind.ts'
import { button, linkButton, nested, row } from './components.ts'
import { timestamp } from './song.ts'

const shape = /^account:1:(reminders-on|reminders-off):(\d{17,20})(?::([\da-f]{1,25}))?$/

/** A press of a button about reminders; with a mark under one that was sent. */
export type ReminderId = NonNullable<ReturnType<typeof decodeReminderId>>

export function decodeReminderId(customId: string) {
  const [, to, owner, mark] = shape.exec(customId) ?? []
  return owner ? { isOn: to === 'reminders-on', owner, mark } : undefined
}

function encodeReminderId(isOn: boolean, owner: string, ...mark: string[]): string {
  return ['account:1', isOn ? 'reminders-on' : 'reminders-off', owner, ...mark].join(':')
}

/** Whether these are the buttons under the reminder with that mark. */
export function isReminder(components: readonly APIMessageTopLevelComponent[], mark: string): boolean {
  return components
    .flatMap(nested)
    .some((one) => 'custom_id' in one && decodeReminderId(String(one.custom_id))?.mark === mark)
}

/** What somebody is told in a direct message before their connection ends. */
export function reminderMessage(reminder: Reminder, t: Translate): MessageBody {
  return told(reminder, 'reminders.message', false, t)
}

/** What becomes of it once they have turned reminders off or on. */
export async function answeredReminder({ isOn, owner, mark = '' }: ReminderId, app: App, t: Translate) {
  const link = await app.accounts.get(owner)
  const reminder = {
    ...{ person: owner, mark, ends: app.accounts.consentEnds(link) },
    renewAt: app.invitations.plain(link.ownApp ? link.clientId : undefined),
  }
  return told(reminder, isOn ? 'reminders.turnedOn' : 'reminders.turnedOff', !isOn, t)
}

function told(
  { person, ends, renewAt, mark }: Omit<Reminder, 'locale'>,
  key: 'reminders.message' | 'reminders.turnedOn' | 'reminders.turnedOff',
  turnsOn: boolean,
  t: Translate,
): MessageBody {
  const label = t(turnsOn ? 'button.remindersOn' : 'button.remindersOff')
  return {
    content: t(key, { date: timestamp(ends, 'D'), when: timestamp(ends, 'R') }),
    components: [row(linkButton(t('button.renew'), renewAt), button(label, encodeReminderId(turnsOn, person, mark)))],
  }
}

/** Whether the person is reminded, and when; what is in force is marked. Rejects with NotLinkedError. */
export async function reminderSettings(person: string, app: App, t: Translate): Promise<MessageBody> {
  const ends = app.accounts.consentEnds(await app.accounts.get(person))
  const isOff = await app.reminders.isOff(person)
  return {
    content: t(isOff ? 'reminders.off' : 'reminders.on', { date: timestamp(ends, 'D') }),
    components: [
      row(
        button(t('reminders.choice.on'), encodeReminderId(true, person), { disabled: !isOff }),
        button(t('reminders.choice.off'), encodeReminderId(false, person), { disabled: isOff }),
      ),
    ],
  }
}
