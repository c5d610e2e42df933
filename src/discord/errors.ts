/** Discord refuses the token, or will never take this session back: only the operator can help. */
export class DiscordRefusedError extends Error {
  override readonly name = 'DiscordRefusedError'
}

/** Another process may hold our shards by now, so this one must not answer any more. */
export class ShardsLostError extends Error {
  override readonly name = 'ShardsLostError'
}

export const badToken = 'Discord does not accept DISCORD_TOKEN. Copy the bot token again.'
