import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../sandbox/free-port.ts'
import type { ChatState } from '../../sandbox/chat/state.ts'
import { channels } from '../../sandbox/people.ts'
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
  await expect.poll(async () => lines(await look())).toMatch(/comes on Friday at six/)
  expect(lines(await look())).not.toMatch(/What was saved here/)
  const answer = await fetch(`${url}/api/friday`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(answer.status).toBe(200)
  await expect.poll(async () => lines(await look())).toMatch(/What was saved here/)
  const { messages, now } = await look()
  const post = messages.at(-1)
  expect(JSON.stringify(post)).toMatch(/3 taking part/)
  expect(post?.usedBy).toBeUndefined()
  expect(new Date(now).getUTCDay()).toBe(5)
})

async function look(): Promise<ChatState> {
  const answer = await fetch(`${url}/api/state?channel=${channels[2]?.id}`)
  return (await answer.json()) as ChatState
}

function lines({ messages }: ChatState): string {
  return messages.map(({ content, embeds }) => `${content} ${JSON.stringify(embeds)}`).join('\n')
}
