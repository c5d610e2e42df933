/** Where Discord and Spotify send browsers back to. */
export const callbacks = { discord: '/callback/discord', spotify: '/callback/spotify' } as const

/** The two addresses that have to be registered there, to the letter. */
export function redirectUris(publicUrl: string): Readonly<Record<keyof typeof callbacks, string>> {
  return { discord: publicUrl + callbacks.discord, spotify: publicUrl + callbacks.spotify }
}
