import {
  ApplicationCommandOptionType as Type,
  ApplicationIntegrationType,
  InteractionContextType,
} from 'discord-api-types/v10'
import type { App } from '../src/context.ts'
import type { CommandCall, Command, Reply } from '../src/command.ts'
import { jumpModal, pageTyped } from '../src/views/pagination.ts'
import { postable } from '../src/views/permissions.ts'
import { decodeRoundupId, encodeRoundupId, isJoinId } from '../src/views/roundup-id.ts'
import { joinedBody, joinId, leaveId, leftBody, previewId, scheduleLine } from '../src/views/roundup-text.ts'
import { timezoneChoices } from '../src/views/timezones.ts'
import { dayChoices } from '../src/views/week.ts'
import {
  checkManager,
  roundupNow,
  joinQuestion,
  roundupStatus,
  scheduleRoundup,
  roundupAtPage,
} from '../src/views/roundup-messages.ts'
import { UserError } from '../src/errors.ts'

export default {
  data: {
    name: 'roundup',
    description: 'What this server has been saving',
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild],
    options: [
      {
        type: Type.Subcommand,
        name: 'now',
        description: 'What those who take part have liked lately',
        options: [
          {
            type: Type.Integer,
            name: 'days',
            description: 'How far back, 7 days by default',
            min_value: 1,
            max_value: 31,
          },
        ],
      },
      { type: Type.Subcommand, name: 'join', description: 'Take part: see first what would be shown, and where' },
      { type: Type.Subcommand, name: 'leave', description: 'Take part no longer, also in what was posted' },
      {
        type: Type.Subcommand,
        name: 'schedule',
        description: 'Post it every week; for whoever may manage the server',
        options: [
          { type: Type.Channel, name: 'channel', description: 'Where', required: true, channel_types: [...postable] },
          { type: Type.String, name: 'weekday', description: 'On which day', required: true, choices: dayChoices },
          {
            type: Type.Integer,
            name: 'hour',
            description: 'At which hour, 0 to 23',
            required: true,
            min_value: 0,
            max_value: 23,
          },
          {
            ...{ type: Type.String, name: 'timezone', description: 'By the clocks of which city' },
            ...{ required: true, autocomplete: true, max_length: 60 },
          },
          { type: Type.Boolean, name: 'skip-empty', description: 'Post nothing after a week without songs' },
        ],
      },
      { type: Type.Subcommand, name: 'pause', description: 'Stop the weekly post for a while' },
      { type: Type.Subcommand, name: 'resume', description: 'Go on with the weekly post' },
      { type: Type.Subcommand, name: 'status', description: 'When the next one comes, and who takes part' },
    ],
  },

  ephemeral: (call) => call.options.getSubcommand() !== 'now',

  async run(call, app) {
    const server = serverOf(call)
    const person = call.user.id
    const which = call.options.getSubcommand()
    if (which === 'now') return roundupNow(app, server, call.options.getInteger('days'), false)
    if (which === 'join') return joinQuestion(app, person, server)
    if (which === 'leave')
      return { kind: 'message', private: true, ...leftBody(await app.roundups.leave(person, server)) }
    if (which === 'status') return roundupStatus(app, person, server)
    checkManager(call)
    return which === 'schedule' ? scheduleRoundup(app, call, server) : switched(app, server, which === 'resume')
  },

  async component(press, app) {
    const { customId, guildId: server, user } = press
    if (server === null) throw new UserError(homeless)
    const id = decodeRoundupId(customId)
    if (id?.action === 'jump') return { kind: 'dialog', dialog: jumpModal(encodeRoundupId({ ...id, action: 'go' })) }
    if (id) return roundupAtPage(app, server, id.id, id.action === 'go' ? pageTyped(press) : id.page)
    if (isJoinId(customId)) return joinQuestion(app, user.id, server)
    if (customId === previewId) return roundupNow(app, server, null, true)
    if (customId === joinId) {
      await app.roundups.join(user.id, server)
      return { kind: 'update', ...joinedBody(true) }
    }
    if (customId === leaveId) return { kind: 'update', ...leftBody(await app.roundups.leave(user.id, server)) }
    throw new UserError('This button is from another version of Hearsay. Use `/roundup status` to see how things are.')
  },

  async autocomplete(call) {
    return timezoneChoices(call.options.getFocused())
  },
} satisfies Command

const homeless = 'Roundups are for servers that Hearsay was added to.'

function serverOf({ guildId, authorizingIntegrationOwners }: CommandCall): string {
  if (guildId === null || authorizingIntegrationOwners['0'] === undefined) throw new UserError(homeless)
  return guildId
}

async function switched(app: App, server: string, on: boolean): Promise<Reply> {
  const schedule = await (on ? app.roundups.resume(server) : app.roundups.pause(server))
  if (!schedule) throw new UserError('No weekly roundup is set up here. `/roundup schedule` does that.')
  const content = on ? scheduleLine(schedule) : 'Paused. `/roundup resume` brings the weekly roundup back.'
  return { kind: 'message', private: true, content }
}
