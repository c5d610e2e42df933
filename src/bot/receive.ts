import { Events, type Client, type Interaction } from 'discord.js'

/** What discord.js does with an interaction that its gateway brings; not among its public types. */
interface Actions {
  readonly actions: { readonly InteractionCreate: { handle(payload: object): void } }
}

/**
 * The interaction behind a payload that came over HTTP, which discord.js has no way for: this is its gateway's own
 * function, which emits the event before it returns. Undefined for kinds that it does not
 * know, and for payloads that make no sense to it.
 */
export function readInteraction(client: Client, payload: object): Interaction | undefined {
  let found: Interaction | undefined
  const take = (interaction: Interaction): void => void (found = interaction)
  client.once(Events.InteractionCreate, take)
  try {
    // Premium purchases would be looked up in an application that only the gateway fills in.
    ;(client as unknown as Actions).actions.InteractionCreate.handle({ ...payload, entitlements: [] })
  } catch {
    return undefined
  } finally {
    client.off(Events.InteractionCreate, take)
  }
  return found
}
