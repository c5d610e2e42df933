import type { App } from '../context.ts'
import type { Interaction } from './interaction.ts'

// Twice as long as a signed request is young, because its timestamp may lie ahead of this machine's clock.
const remembered = 10 * 60_000

/**
 * Whether an interaction that came over HTTP is to be carried out: false where some process has taken it already.
 * Undefined for those that only look: to do them twice does no harm, and the store is not asked.
 * Rejects with StoreUnavailableError; it must not be carried out then.
 */
export function takeOnce(store: App['store'], interaction: Interaction): Promise<boolean> | undefined {
  return onlyLooks(interaction) ? undefined : store.create('replays', interaction.id, true, remembered)
}

function onlyLooks(interaction: Interaction): boolean {
  switch (interaction.kind) {
    case 'suggestions':
      return true
    case 'menu':
      return interaction.name === 'Liked songs'
    case 'command': {
      const { name, call } = interaction
      if (name === 'roundup') return ['now', 'status'].includes(call.options.getSubcommand() ?? '')
      return name === 'liked' || name === 'help'
    }
    default:
      return /^(?:liked:(?!save)|roundup:1:page:)/.test(interaction.press.customId)
  }
}
