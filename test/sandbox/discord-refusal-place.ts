import type { Client, DiscordAPIError, Interaction } from 'discord.js'
import { Routes } from 'discord.js'

export function send(call: Interaction, body: object): ReturnType<Client['rest']['post']> {
  return call.client.rest.post(Routes.interactionCallback(call.id, call.token), { body, auth: false })
}

export async function placeOfRefusal(call: Interaction, body: object): Promise<string> {
  return send(call, body).then(() => 'taken', placeIn)
}

/** "data.content BASE_TYPE_MAX_LENGTH" of a 50035, else the code. */
export function placeIn(error: DiscordAPIError): string {
  const { code, errors } = error.rawError as { code: number; errors?: object }
  const path: string[] = []
  let node: unknown = errors
  while (typeof node === 'object' && node !== null && !('_errors' in node)) {
    const [entry] = Object.entries(node)
    if (!entry) break
    path.push(entry[0])
    node = entry[1]
  }
  const [fault] = (node as { _errors?: { code: string }[] } | undefined)?._errors ?? []
  return fault ? `${path.join('.')} ${fault.code}` : String(code)
}
