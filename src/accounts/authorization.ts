/** The least that the program works with; an answer without it is refused. */
export const readScope = 'user-library-read'

/** Asked for only by those who save a song. */
export const modifyScope = 'user-library-modify'

/** Asked for only by those who want a playlist, the second by those who have made it public. */
export const playlistScope = 'playlist-modify-private'
export const publicPlaylistScope = 'playlist-modify-public'

/** What Spotify sent back after somebody agreed. */
export interface AuthorizationResponse {
  readonly parameters: URLSearchParams
  readonly redirectUri: string
  readonly codeVerifier: string
  /** When the person began to link: an unlink since then wins. */
  readonly startedAt: number
  /** The app that it was given to; the operator's when absent. */
  readonly clientId?: string | undefined
  /** What was asked for: where Spotify does not say what it granted, it is that. */
  readonly scope?: readonly string[] | undefined
  /** The language in which the person is answered in Discord. */
  readonly locale?: string | undefined
  /** Ends all that the person has allowed others to see. */
  readonly endConsents?: (() => Promise<void>) | undefined
}
