import type { ButtonInteraction, ChatInputCommandInteraction, Interaction, ModalSubmitInteraction } from 'discord.js'
import { Client, DiscordAPIError, Events, MessageFlags, Routes } from 'discord.js'
import { describe, expect, test } from 'vitest'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import { ana, ben, commands, lobby, openDiscord, quiet, startBot } from './discord-bot.ts'

const next = { type: 1, components: [{ type: 2, style: 2, label: 'Next', custom_id: 'next' }] } as const
const dialog = {
  custom_id: 'jump',
  title: 'Jump',
  components: [{ type: 18, label: 'Page', component: { type: 4, custom_id: 'page', style: 1, max_length: 3 } }],
} as const

describe('commands', () => {
  test('Ana uses a command and everybody sees the answer', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) => reply(call, { content: 'pong' }))
    const outcome = await discord.use(ana.id, lobby.id, 'ping')
    expect(outcome).toMatchObject({ kind: 'message', deferred: false, message: { content: 'pong', ephemeral: false } })
    expect(outcome.acknowledgedAfter).toBeLessThan(3000)
    expect(discord.messages(lobby.id, ben.id)).toMatchObject([{ content: 'pong', usedBy: { name: 'Ana', command: 'ping' } }])
    expect(discord.surprises).toEqual([])
  })

  test('the bot reads the person, the rights, the subcommand and the member that Ana named', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) => {
      const { options, user, memberPermissions, appPermissions, channelId } = call as ChatInputCommandInteraction
      const named = [options.getSubcommand(), options.getString('query'), options.getUser('member')?.username]
      const rights = [memberPermissions?.has('ManageGuild'), appPermissions.has('EmbedLinks')]
      return reply(call, { content: JSON.stringify([user.username, channelId, ...named, ...rights]) })
    })
    const said = async (personId: string) =>
      messageOf(await discord.use(personId, lobby.id, 'liked search', { query: 'rain', member: ben.id })).content
    expect(await said(ana.id)).toBe(JSON.stringify(['ana', lobby.id, 'search', 'rain', 'ben', true, true]))
    expect(await said(ben.id)).toBe(JSON.stringify(['ben', lobby.id, 'search', 'rain', 'ben', false, true]))
  })

  test('the client sends nothing that is not registered', async () => {
    const discord = await openDiscord()
    await startBot(discord)
    await expect(discord.use(ana.id, lobby.id, 'pong')).rejects.toThrow('no command /pong')
    await expect(discord.use(ana.id, lobby.id, 'liked')).rejects.toThrow('not whole')
    await expect(discord.use(ana.id, lobby.id, 'liked search')).rejects.toThrow('"query" is required')
    await expect(discord.use(ana.id, lobby.id, 'ping', { loud: true })).rejects.toThrow('no option "loud"')
    await expect(discord.use(ana.id, lobby.id, 'liked search', { query: 7 })).rejects.toThrow('takes text')
  })

  test('Ana opens the menu of Ben', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) => call.isUserContextMenuCommand() && call.reply(call.targetUser.username))
    expect(await discord.use(ana.id, lobby.id, 'Liked songs', { target: ben.id })).toMatchObject({ message: { content: 'ben' } })
  })

  test('unchanged names keep their ids', async () => {
    const discord = await openDiscord()
    const client = await startBot(discord)
    const ids = () => discord.commands().map(({ name, id }) => [name, id])
    const before = ids()
    await client.rest.put(Routes.applicationCommands(discord.credentials.clientId), { body: commands.toReversed() })
    expect(ids()).toEqual(before.toReversed())
  })

  test('choices come while Ana types', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) => {
      const { name, value } = (call.isAutocomplete() && call.options.getFocused(true)) || { name: '', value: '' }
      return call.isAutocomplete() && call.respond([{ name: `${name}: ${value}`, value: 'rain' }])
    })
    const choices = await discord.complete(ana.id, lobby.id, 'liked search', { query: 'ra' }, 'query')
    expect(choices).toEqual([{ name: 'query: ra', value: 'rain' }])
  })
})

describe('deferred and private answers', () => {
  test('a deferred answer is thinking until it is edited in', async () => {
    const discord = await openDiscord()
    await startBot(discord, async (call) => {
      if (!call.isChatInputCommand()) return
      await call.deferReply({ withResponse: true })
      expect(discord.messages(lobby.id, ben.id)).toMatchObject([{ thinking: true }])
      await call.editReply('here')
    })
    const outcome = await discord.use(ana.id, lobby.id, 'ping')
    expect(outcome).toMatchObject({ kind: 'message', deferred: true, message: { content: 'here', thinking: false } })
  })

  test('the first follow-up of a private deferral is the answer, and stays private', async () => {
    const discord = await openDiscord()
    await startBot(discord, async (call) => {
      if (!call.isChatInputCommand()) return
      await call.deferReply({ flags: MessageFlags.Ephemeral })
      await call.followUp({ content: 'first' })
      await call.followUp({ content: 'second' })
    })
    const outcome = await discord.use(ana.id, lobby.id, 'ping')
    expect(outcome).toMatchObject({ message: { content: 'first', ephemeral: true } })
    await expect.poll(() => discord.messages(lobby.id, ana.id)).toMatchObject([{ content: 'first' }, { content: 'second' }])
    expect(discord.messages(lobby.id, ben.id)).toMatchObject([{ content: 'second' }])
  })

  test('a public deferral that is deleted and followed up in private ends with the follow-up', async () => {
    const discord = await openDiscord()
    await startBot(discord, async (call) => {
      if (!call.isChatInputCommand()) return
      await call.deferReply()
      await call.deleteReply()
      await call.followUp({ content: 'for you', flags: MessageFlags.Ephemeral })
    })
    expect(await discord.use(ana.id, lobby.id, 'ping')).toMatchObject({ message: { content: 'for you', ephemeral: true } })
    expect(discord.messages(lobby.id, ben.id)).toEqual([])
  })

  test('only Ana presses in, or dismisses, what only Ana sees', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) => reply(call, { content: 'psst', flags: MessageFlags.Ephemeral, components: [next] }))
    const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
    await expect(discord.press(ben.id, id, 'Next')).rejects.toThrow('no message')
    discord.dismiss(ana.id, id)
    await expect(discord.press(ana.id, id, 'Next')).rejects.toThrow('no message')
  })

  test('follow-ups are edited and deleted, until fifteen minutes have passed', async () => {
    let time = Date.now()
    const discord = await openDiscord({ now: () => time })
    let call: ChatInputCommandInteraction | undefined
    await startBot(discord, (one) => reply((call = one as ChatInputCommandInteraction), { content: 'answer' }))
    await discord.use(ana.id, lobby.id, 'ping')
    const { id } = await call!.followUp('more')
    await call!.editReply({ message: id, content: 'changed' })
    expect(discord.messages(lobby.id, ben.id)).toMatchObject([{ content: 'answer' }, { content: 'changed' }])
    await call!.deleteReply(id)
    await expect(call!.editReply({ message: id, content: 'again' })).rejects.toMatchObject({ code: 10008 })
    time += 15 * 60_000 + 1
    await expect(call!.editReply('late')).rejects.toMatchObject({ code: 50027, status: 401 })
  })

  test('a file arrives with its name and text', async () => {
    const discord = await openDiscord()
    const files = [{ attachment: Buffer.from('{"a":1}'), name: 'export.json' }]
    await startBot(discord, (call) => reply(call, { files }))
    const outcome = await discord.use(ana.id, lobby.id, 'ping')
    expect(outcome).toMatchObject({ message: { attachments: [{ name: 'export.json', text: '{"a":1}' }] } })
    expect(discord.surprises).toEqual([])
  })
})

describe('buttons and dialogs', () => {
  const page = { content: 'page 1', components: [next] }

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
    const discord = await openDiscord({ answerWithin: 300 })
    const codes: unknown[] = []
    await startBot(discord, async (call) => {
      if (!call.isButton()) return reply(call, page)
      discord.deleteMessage(call.message.id)
      return call.update('page 2').catch((error: DiscordAPIError) => codes.push(error.code))
    })
    const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
    expect(await discord.press(ana.id, id, 'Next')).toMatchObject({ kind: 'failed' })
    expect(codes).toEqual([10008])
  })

  test('Ana fills a dialog and its submission updates the page', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) => {
      if (call.isButton()) return call.showModal(dialog)
      if (!call.isModalSubmit()) return reply(call, page)
      return call.isFromMessage() && call.update(`page ${call.fields.getTextInputValue('page')}`)
    })
    const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
    const opened = await discord.press(ana.id, id, 'Next')
    const modal = opened.kind === 'modal' ? opened.modal : undefined
    expect(modal).toMatchObject({ title: 'Jump', fields: [{ customId: 'page', label: 'Page', value: '' }] })
    await expect(discord.submit(ana.id, modal!.id, { page: '1234' })).rejects.toThrow('0 to 3 characters')
    await expect(discord.submit(ben.id, modal!.id, { page: '7' })).rejects.toThrow('no dialog')
    expect(await discord.submit(ana.id, modal!.id, { page: '7' })).toMatchObject({ kind: 'update', message: { content: 'page 7' } })
  })

  test('a dialog cannot open another one', async () => {
    const discord = await openDiscord()
    const refused: unknown[] = []
    await startBot(discord, async (call) => {
      if (call.isChatInputCommand()) return call.showModal(dialog)
      const { id, token } = call as ModalSubmitInteraction
      const again = { body: { type: 9, data: dialog }, auth: false }
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
      return reply(call, { content: 'x', components: [next] })
    })
    const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
    expect(await discord.pressRaw(ben.id, id, 'liked:0:x')).toMatchObject({ message: { content: /^liked:0:x 41/ } })
    const odd = { type: 3, data: { custom_id: 'odd' }, guild_id: undefined }
    expect(await discord.dispatch(ana.id, lobby.id, odd)).toMatchObject({ message: { content: 'odd null' } })
  })
})
