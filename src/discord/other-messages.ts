import { Routes, type REST } from 'discord.js'
import type { OtherMessages } from '../context.ts'
import { isGone } from './gone.ts'

// Somebody waits for what became of it.
const patience = 10_000

export function createOtherMessages(rest: REST, clientId: string): OtherMessages {
  return {
    async change(message, content) {
      const isAnswer = 'token' in message
      const route = isAnswer
        ? Routes.webhookMessage(clientId, message.token, '@original')
        : Routes.channelMessage(message.channel, message.message)
      const body = { content, embeds: [], components: [], allowed_mentions: { parse: [] } }
      try {
        await rest.patch(route, { body, auth: !isAnswer, signal: AbortSignal.timeout(patience) })
        return true
      } catch (error) {
        // What somebody has deleted shows nothing any more.
        return !isAnswer && isGone(error)
      }
    },
  }
}
