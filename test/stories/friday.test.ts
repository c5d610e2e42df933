import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import type { ChatState } from '../../sandbox/chat/state.ts'
import { channels } from '../../sandbox/people.ts'
import { textOf } from '../world/message-text.ts'
import { spawnProgram, type Program } from '../world/process.ts'

let program: Program
let url: string
beforeAll(async () => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  program = spawnProgram({ PORT: String(port) })
})
afterAll(() => program.kill())

test('in the sandbox a roundup waits for Friday, six o’clock, which comes at a press', async () => {
  await program.prints('here is a sandbox')
  await comes('the bot in the chat', ({ online }) => online)
  await comes('three connections', ({ requests }) => (requests['POST /api/token'] ?? 0) >= 3)
  await comes('the announcement', (state) => /comes on Friday at six/.test(lines(state)))
  expect(lines(await look())).not.toMatch(/What was saved here/)
  await does('friday')
  await comes('the roundup', (state) => /What was saved here/.test(lines(state)))
  const { messages, now } = await look()
  const post = messages.at(-1)
  expect(JSON.stringify(post)).toMatch(/3 members/)
  expect(post?.usedBy).toBeUndefined()
  expect(new Date(now).getUTCDay()).toBe(5)
})

test('in the sandbox a person can see what comes before the end: time passes, and Hearsay writes to them', async () => {
  const chiyo = (await look()).people.find(({ username }) => username === 'chiyo')?.id ?? ''
  const seen = async (channel = ''): Promise<ChatState> =>
    (await (await fetch(`${url}/api/state?person=${chiyo}&channel=${channel}`)).json()) as ChatState
  await does('near-end', { person: chiyo })
  const direct = (await program.until('a conversation', async () => (await seen()).direct)).id
  await program.until('its first message', async () => (await seen(direct)).messages.length > 0)
  const state = await seen(direct)
  const [reminder] = state.messages
  expect(reminder?.content).toMatch(/^Your Spotify connection ends on/)
  const pressed = await does('press', { person: chiyo, message: reminder?.id, component: 'Turn off reminders' })
  expect(pressed.message.content).toMatch(/^Reminders are off/)
})

test('a restart at a press ends only the program: the chat, the people and what is stored are still there', async () => {
  const { messages, people } = await look()
  const manager = people[0]?.id
  const before = await does('use', { person: manager, channel: channels[0]?.id, command: 'roundup status' })
  await does('restart')
  await comes('the bot again', ({ online }) => online)
  // The next roundup is due as well, and may come at any moment.
  expect((await look()).messages.slice(0, messages.length)).toEqual(messages)
  const after = await does('use', { person: manager, channel: channels[0]?.id, command: 'roundup status' })
  expect(JSON.stringify(before)).toContain(channels[2]?.id)
  const undated = ({ message }: typeof after): string => message.content.replaceAll(/<t:\d+:\w>/g, '')
  expect(undated(after)).toBe(undated(before))
})

/** An action on the page. */
async function does(action: string, body: Record<string, unknown> = {}): Promise<{ message: { content: string } }> {
  const answer = await fetch(`${url}/api/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { message: { content: string } }
}

/** Each step has the time of a whole wait, and none comes after the sandbox has given its roundup up. */
async function comes(what: string, isThere: (state: ChatState) => boolean): Promise<void> {
  await program.until(what, async () => {
    if (program.output().includes('could not be prepared')) throw new Error(program.output())
    const state = await look().catch(() => undefined)
    return state && isThere(state)
  })
}

async function look(): Promise<ChatState> {
  const answer = await fetch(`${url}/api/state?channel=${channels[2]?.id}`)
  return (await answer.json()) as ChatState
}

function lines({ messages }: ChatState): string {
  return messages.map((message) => textOf(message)).join('\n')
}
