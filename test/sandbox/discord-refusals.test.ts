import { expect, test } from 'vitest'
import { ana, lobby, openDiscord, startBot } from './discord-bot.ts'
import { placeOfRefusal, send } from './discord-refusal-place.ts'

test('IX-122 the second answer is refused with 40060 and changes nothing', async () => {
  const discord = await openDiscord()
  const codes: string[] = []
  await startBot(discord, async (call) => {
    await send(call, { type: 4, data: { content: 'one' } })
    codes.push(await placeOfRefusal(call, { type: 4, data: { content: 'two' } }))
  })
  await discord.use(ana.id, lobby.id, 'ping')
  await expect.poll(() => codes).toEqual(['40060'])
  expect(discord.messages(lobby.id, ana.id)).toMatchObject([{ content: 'one' }])
  expect(discord.surprises).toEqual([])
})

test('IX-123 an answer after three seconds is refused with 10062, and Ana is told', async () => {
  const discord = await openDiscord({ answerWithin: 30 })
  const codes: string[] = []
  await startBot(discord, async (call) => {
    await new Promise((resolve) => setTimeout(resolve, 60))
    codes.push(await placeOfRefusal(call, { type: 4, data: { content: 'late' } }))
  })
  const outcome = await discord.use(ana.id, lobby.id, 'ping')
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'The application did not respond' })
  await expect.poll(() => codes).toEqual(['10062'])
  expect(discord.messages(lobby.id, ana.id)).toEqual([])
})

test('a deferral that nobody finishes has failed for Ana', async () => {
  const discord = await openDiscord({ finishWithin: 30 })
  await startBot(discord, (call) => send(call, { type: 5 }))
  expect(await discord.use(ana.id, lobby.id, 'ping')).toMatchObject({ kind: 'failed', deferred: true })
})
