import { REST } from 'discord.js'
import { describe, expect, test } from 'vitest'
import { createGuilds } from '../../src/discord/guilds.ts'
import { ana, ben, lobby, openDiscord, startBot } from './discord-bot.ts'

const stranger = '999999999999999999'

describe('who is in the server', () => {
  test('a bot without intents reads it off its members, and off the people that an option names', async () => {
    const discord = await openDiscord()
    const named: unknown[] = []
    await startBot(discord, async (call) => {
      if (!call.isChatInputCommand()) return
      named.push(call.options.getMember('member') !== null)
      await call.reply('Here')
    })
    const { isMember, nameOf } = guildsOf(discord)
    const ids = [ben.id, stranger]
    const answers = () => Promise.all(ids.map((id) => isMember(discord.guild.id, id)))
    const search = () => discord.use(ana.id, lobby.id, 'liked search', { query: 'a', member: ben.id })
    expect(await nameOf(discord.guild.id)).toBe(discord.guild.name)
    // Discord says of a stranger that there is no such user, which is not that they have left.
    expect(await answers()).toEqual([true, undefined])
    await search()
    discord.leave(ben.id)
    expect(await answers()).toEqual([false, undefined])
    await search()
    discord.comeBack(ben.id)
    expect(await answers()).toEqual([true, undefined])
    await search()
    expect(named).toEqual([true, false, true])
  })

  test('of a server that the bot is not in it hears nothing', async () => {
    const discord = await openDiscord()
    const { isMember, nameOf } = guildsOf(discord)
    expect(await isMember(stranger, ana.id)).toBeUndefined()
    expect(await nameOf(stranger)).toBeUndefined()
  })

  test('who has left can do nothing there', async () => {
    const discord = await openDiscord()
    await startBot(discord)
    discord.leave(ben.id)
    await expect(discord.use(ben.id, lobby.id, 'ping')).rejects.toThrow('Ben has left the server.')
    expect(() => discord.say(ben.id, lobby.id, 'Hello')).toThrow('Ben has left the server.')
  })
})

function guildsOf({ apiUrl, credentials }: { apiUrl: string; credentials: { token: string } }) {
  return createGuilds(new REST({ api: apiUrl }).setToken(credentials.token))
}
