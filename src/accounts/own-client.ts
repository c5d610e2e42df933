import { UserError } from '../errors.ts'

/** The query parameter and form field that carries the Client ID of a person's own Spotify app. */
export const clientIdField = 'client-id'

/** The query parameter that asks for the guide to such an app. */
export const ownField = 'own'

/** A Client ID as people paste it; undefined where there is none. Throws UserError for what is no Client ID. */
export function readClientId(text: string | null | undefined): string | undefined {
  const id = text?.trim().toLowerCase()
  if (!id) return undefined
  if (/^[0-9a-f]{32}$/.test(id)) return id
  throw new UserError(
    'That is not a Client ID: one has 32 characters, 0 to 9 and a to f. Copy it from your app in the Spotify dashboard.',
  )
}
