import { invalidForm } from '../limits/form.ts'
import { noteRefusal } from '../rest/answers.ts'
import { firstAnswer } from '../rest/callbacks.ts'
import { settle } from '../state/interactions.ts'
import type { World } from '../state/world.ts'
import { signed } from './keys.ts'

const ping = 1

/** Posts an interaction to the endpoint whose turn it is, and takes an answer that is in the response. */
export async function deliver(world: World, payload: Record<string, unknown>): Promise<void> {
  const { id, token } = payload
  try {
    const { status, body } = await post(world, JSON.stringify(payload))
    if (status === 202) return
    if (status !== 200) throw new Error(`The endpoint answered ${status}`)
    if (!body) throw invalidForm([{ path: ['type'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }])
    firstAnswer(world, String(id), String(token), parsed(body), [])
  } catch (error) {
    noteRefusal(world, 'The answer in the response', error)
    const interaction = world.interactions.get(String(token))
    // Somebody who has the answer already is shown nothing of this.
    if (interaction && interaction.answer === undefined) {
      interaction.expired = true
      settle(interaction, { kind: 'failed', reason: 'The application did not respond' })
    }
  }
}

/**
 * From now on interactions are posted to these addresses in turn. As in the developer portal, each has to answer a
 * PING, and to refuse one whose signature is not Discord's.
 */
export async function deliverTo(world: World, urls: readonly string[]): Promise<void> {
  const body = JSON.stringify({ id: world.nextId(), application_id: world.app.id, type: ping, version: 1 })
  for (const url of urls) {
    const headers = signed(world.endpoint, body, Date.now())
    const pong = await fetch(url, { method: 'POST', headers, body })
    const { type } = (await pong.json().catch(() => ({}))) as { type?: unknown }
    const wrong = { ...headers, 'x-signature-ed25519': 'ab'.repeat(64) }
    const forged = await fetch(url, { method: 'POST', headers: wrong, body })
    await forged.arrayBuffer()
    if (pong.status !== 200 || type !== ping || forged.status !== 401)
      throw new Error('The specified interactions endpoint url could not be verified.')
  }
  world.endpoint.urls = urls
}

async function post(world: World, body: string): Promise<{ status: number; body: string }> {
  const { urls, deliveries } = world.endpoint
  const url = urls[deliveries.length % urls.length] ?? ''
  const delivery = { url, status: 0 }
  deliveries.push(delivery)
  const headers = signed(world.endpoint, body, Date.now())
  world.endpoint.latest = { headers, body }
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(world.answerWithin),
  })
  delivery.status = response.status
  return { status: response.status, body: await response.text() }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw invalidForm([{ path: [], code: 'INVALID_JSON', message: 'The response is not JSON' }])
  }
}
