/** The least that a live bot needs, as an environment. */
export const complete = {
  DISCORD_TOKEN: 'bot.token.value',
  DISCORD_CLIENT_ID: '123456789012345678',
  DISCORD_CLIENT_SECRET: 'discord-secret-value',
  SPOTIFY_CLIENT_ID: 'a'.repeat(32),
  SPOTIFY_CLIENT_SECRET: 'b'.repeat(32),
  PUBLIC_URL: 'https://liked.example',
}
