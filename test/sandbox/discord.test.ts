import type { ChatInputCommandInteraction } from 'discord.js'
import { MessageFlags, Routes } from 'discord.js'
import { describe, expect, test } from 'vitest'
import { ana, ben, commands, lobby, messageOf, nextRow, openDiscord, reply, startBot } from './discord-bot.ts'

describe('commands', () => {
  test('Ana uses a command and everybody sees the answer', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) => reply(call, { content: 'pong' }))
    const begun = performance.now()
    const outcome = await discord.use(ana.id, lobby.id, 'ping')
    expect(outcome).toMatchObject({ kind: 'message', deferred: false, message: { content: 'pong', ephemeral: false } })
    expect(outcome.acknowledgedAfter).toBeGreaterThan(0)
    expect(outcome.acknowledgedAfter).toBeLessThan(performance.now() - begun)
    expect(discord.messages(lobby.id, ben.id)).toMatchObject([
      { content: 'pong', usedBy: { name: 'Ana', command: 'ping' } },
    ])
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
    expect(await discord.use(ana.id, lobby.id, 'Liked songs', { target: ben.id })).toMatchObject({
      message: { content: 'ben' },
    })
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
    await expect
      .poll(() => discord.messages(lobby.id, ana.id))
      .toMatchObject([{ content: 'first' }, { content: 'second' }])
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
    expect(await discord.use(ana.id, lobby.id, 'ping')).toMatchObject({
      message: { content: 'for you', ephemeral: true },
    })
    expect(discord.messages(lobby.id, ben.id)).toEqual([])
  })

  test('only Ana presses in, or dismisses, what only Ana sees', async () => {
    const discord = await openDiscord()
    await startBot(discord, (call) =>
      reply(call, { content: 'psst', flags: MessageFlags.Ephemeral, components: [nextRow] }),
    )
    const { id } = messageOf(await discord.use(ana.id, lobby.id, 'ping'))
    await expect(discord.press(ben.id, id, 'Next')).rejects.toThrow('no message')
    discord.dismiss(ana.id, id)
    await expect(discord.press(ana.id, id, 'Next')).rejects.toThrow('no message')
  })

  test('follow-ups are edited and deleted, until fifteen minutes have passed', async () => {
    let time = Date.now()
    const discord = await openDiscord({ now: () => time })
    const answered = Promise.withResolvers<ChatInputCommandInteraction>()
    await startBot(discord, async (one) => {
      await reply(one, { content: 'answer' })
      answered.resolve(one as ChatInputCommandInteraction)
    })
    await discord.use(ana.id, lobby.id, 'ping')
    const call = await answered.promise
    const { id } = await call.followUp('more')
    await call.editReply({ message: id, content: 'changed' })
    expect(discord.messages(lobby.id, ben.id)).toMatchObject([{ content: 'answer' }, { content: 'changed' }])
    await call.deleteReply(id)
    await expect(call.editReply({ message: id, content: 'again' })).rejects.toMatchObject({ code: 10008 })
    time += 15 * 60_000 + 1
    await expect(call.editReply('late')).rejects.toMatchObject({ code: 50027, status: 401 })
  })

  test('a file arrives with its name and text', async () => {
    const discord = await openDiscord()
    const files = [{ attachment: Buffer.from('{"a":1}'), name: 'export.json' }]
    await startBot(discord, (call) => reply(call, { files }))
    const outcome = await discord.use(ana.id, lobby.id, 'ping')
    expect(outcome).toMatchObject({ message: { attachments: [{ name: 'export.json', text: '{"a":1}' }] } })
    expect(discord.surprises).toEqual([])
  })

  test('a file arrives byte by byte, and one that is larger than interactions say is refused', async () => {
    const discord = await openDiscord()
    discord.attachmentSizeLimit = 1000
    const sizes: number[] = []
    const refused = Promise.withResolvers<unknown>()
    await startBot(discord, async (call) => {
      sizes.push(call.attachmentSizeLimit)
      await reply(call, { files: [{ attachment: Buffer.from('\uFEFFa\r\n'), name: 'a.csv' }] })
      const large = { attachment: Buffer.alloc(1001, 'a'), name: 'b.csv' }
      await (call as ChatInputCommandInteraction).followUp({ files: [large] }).catch(refused.resolve)
    })
    const outcome = await discord.use(ana.id, lobby.id, 'ping')
    expect(outcome).toMatchObject({ message: { attachments: [{ name: 'a.csv', text: '\uFEFFa\r\n' }] } })
    expect(await refused.promise).toMatchObject({ code: 40005, status: 413 })
    expect(sizes).toEqual([1000])
    expect(discord.surprises.splice(0)).toEqual([expect.stringContaining('40005')])
  })
})
