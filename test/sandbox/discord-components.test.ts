import type { APIModalInteractionResponseCallbackData, DiscordAPIError, ModalSubmitInteraction } from 'discord.js'
import { Routes } from 'discord.js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { waitLimit } from '../world/until.ts'
import { ana, ben, lobby, messageOf, nextRow, openDiscord, reply, startBot } from './discord-bot.ts'

const page = { content: 'page 1', components: [nextRow] }
const pageModal: APIModalInteractionResponseCallbackData = {
  custom_id: 'jump',
  title: 'Jump',
  components: [{ type: 18, label: 'Page', component: { type: 4, custom_id: 'page', style: 1, max_length: 3 } }],
}

test('Ben presses Next and the message changes', async () => {
  const discord = await openDiscord()
  await startBot(discord, (call) =>
    call.isButton() ? call.update(`${call.message.content}, then 2`) : reply(call, page),
  )
  const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
  const outcome = await discord.press(ben.id, id, 'Next')
  expect(outcome).toMatchObject({ kind: 'update', deferred: false, message: { id, content: 'page 1, then 2' } })
})

test('a deferred press ends with the edit as an update, or with a follow-up as a message', async () => {
  const discord = await openDiscord()
  await startBot(discord, async (call) => {
    if (!call.isButton()) return reply(call, page)
    await call.deferUpdate()
    return call.user.id === ana.id ? call.editReply('page 2') : call.followUp({ content: 'no', flags: 64 })
  })
  const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
  expect(await discord.press(ana.id, id, 'next')).toMatchObject({ kind: 'update', deferred: true, message: { id } })
  expect(await discord.press(ben.id, id, 'next')).toMatchObject({ kind: 'message', message: { ephemeral: true } })
})

test('a press on a message that is gone cannot update it', async () => {
  const discord = await openDiscord()
  const codes: unknown[] = []
  await startBot(discord, async (call) => {
    if (!call.isButton()) return reply(call, page)
    discord.deleteMessage(call.message.id)
    return call.update('page 2').catch((error: DiscordAPIError) => codes.push(error.code))
  })
  const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const pressing = discord.press(ana.id, id, 'Next')
  await expect.poll(() => codes).toEqual([10008])
  vi.advanceTimersByTime(waitLimit)
  expect(await pressing).toMatchObject({ kind: 'failed' })
})

test('Ana fills a modal and its submission updates the page', async () => {
  const discord = await openDiscord()
  await startBot(discord, (call) => {
    if (call.isButton()) return call.showModal(pageModal)
    if (!call.isModalSubmit()) return reply(call, page)
    return call.isFromMessage() && call.update(`page ${call.fields.getTextInputValue('page')}`)
  })
  const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
  const opened = await discord.press(ana.id, id, 'Next')
  const modal = opened.kind === 'modal' ? opened.modal : undefined
  expect(modal).toMatchObject({ title: 'Jump', fields: [{ customId: 'page', label: 'Page', value: '' }] })
  await expect(discord.submit(ana.id, modal!.id, { page: '1234' })).rejects.toThrow('0 to 3 characters')
  await expect(discord.submit(ben.id, modal!.id, { page: '7' })).rejects.toThrow('no modal')
  expect(await discord.submit(ana.id, modal!.id, { page: '7' })).toMatchObject({
    kind: 'update',
    message: { content: 'page 7' },
  })
})

test('a modal cannot open another one', async () => {
  const discord = await openDiscord()
  const refused: unknown[] = []
  await startBot(discord, async (call) => {
    if (call.isChatInputCommand()) return call.showModal(pageModal)
    const { id, token } = call as ModalSubmitInteraction
    const again = { body: { type: 9, data: pageModal }, auth: false }
    await call.client.rest.post(Routes.interactionCallback(id, token), again).catch((error) => refused.push(error.code))
    return reply(call, { content: 'done' })
  })
  const opened = await discord.use(ana.id, lobby.id, 'ping')
  if (opened.kind !== 'modal') throw new Error(opened.kind)
  await discord.submit(ana.id, opened.modal.id, { page: '1' })
  expect(refused).toEqual([50035])
  expect(discord.surprises).toHaveLength(1)
})

test('a custom id that no message carries and a whole odd payload still reach the bot', async () => {
  const discord = await openDiscord()
  await startBot(discord, (call) => {
    if (call.isButton()) return call.reply(`${call.customId} ${call.guildId}`)
    return reply(call, { content: 'x', components: [nextRow] })
  })
  const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
  expect(await discord.pressRaw(ben.id, id, 'liked:0:x')).toMatchObject({
    message: { content: 'liked:0:x 410000000000000001' },
  })
  const odd = { type: 3, data: { custom_id: 'odd' }, guild_id: undefined }
  expect(await discord.dispatch(ana.id, lobby.id, odd)).toMatchObject({ message: { content: 'odd null' } })
})

test('Ana chooses in a select, by its placeholder', async () => {
  const discord = await openDiscord()
  const options = [
    { label: 'Nobody', value: 'none' },
    { label: 'This server', value: 'guild' },
  ]
  const select = { type: 3, custom_id: 'who', placeholder: 'Who may look', options } as const
  await startBot(discord, (call) => {
    if (call.isStringSelectMenu()) return call.update({ content: call.values.join(), components: [] })
    return reply(call, { content: 'Who?', components: [{ type: 1, components: [select] }] })
  })
  const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
  await expect(discord.press(ana.id, id, 'Who may look', ['all'])).rejects.toThrow('no option "all"')
  expect(await discord.press(ana.id, id, 'Who may look', ['guild'])).toMatchObject({
    message: { content: 'guild', components: [] },
  })
})

test('a link and a disabled button cannot be pressed', async () => {
  const discord = await openDiscord()
  const link = { type: 2, style: 5, label: 'Open', url: 'https://open.spotify.com' } as const
  const off = { type: 2, style: 2, label: 'First', custom_id: 'first', disabled: true } as const
  await startBot(discord, (call) => reply(call, { content: 'x', components: [{ type: 1, components: [link, off] }] }))
  const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
  await expect(discord.press(ana.id, id, 'Open')).rejects.toThrow('is a link')
  await expect(discord.press(ana.id, id, 'First')).rejects.toThrow('is disabled')
  await expect(discord.press(ana.id, id, 'Last')).rejects.toThrow('It has: Open, First')
})
