import { expect, onTestFinished, test, vi } from 'vitest'
import { until, waitLimit } from '../world/until.ts'
import { ana, lobby, openDiscord, openHurriedDiscord, startBot } from './discord-bot.ts'
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
  const discord = await openHurriedDiscord()
  const codes: string[] = []
  const over = Promise.withResolvers<void>()
  let reached = false
  await startBot(discord, async (call) => {
    reached = true
    await over.promise
    codes.push(await placeOfRefusal(call, { type: 4, data: { content: 'late' } }))
  })
  stopTimers()
  let told: unknown
  const using = discord.use(ana.id, lobby.id, 'ping').then((outcome) => (told = outcome))
  await until('the interaction', () => reached)
  await vi.advanceTimersByTimeAsync(2_999)
  expect(told).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(await using).toMatchObject({ kind: 'failed', reason: 'The application did not respond' })
  over.resolve()
  await expect.poll(() => codes).toEqual(['10062'])
  expect(discord.messages(lobby.id, ana.id)).toEqual([])
})

test('a deferral that nobody finishes has failed for Ana', async () => {
  const discord = await openHurriedDiscord({ answerWithin: waitLimit })
  let deferred = false
  await startBot(discord, async (call) => {
    await send(call, { type: 5 })
    deferred = true
  })
  stopTimers()
  let told: unknown
  const using = discord.use(ana.id, lobby.id, 'ping').then((outcome) => (told = outcome))
  await until('the deferral', () => deferred)
  await vi.advanceTimersByTimeAsync(14_999)
  expect(told).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1)
  expect(await using).toMatchObject({ kind: 'failed', deferred: true })
})

function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}
