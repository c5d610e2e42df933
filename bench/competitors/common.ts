import type { ChatInputCommandInteraction } from 'discord.js'
import type { ComponentInteraction, Reply } from '../../src/command.ts'
import { takeOverTime } from '../clock.ts'
import { linkTo } from '../library.ts'
import { atMost, exactly, figure, type Report } from '../report.ts'
import { personOf } from '../servers/interactions.ts'
import { orderSpotify } from '../spotify.ts'
import { input } from './measured.js'

// What is in hand gets older while the bench runs: time is taken over before the program is loaded.
const time = takeOverTime()
const { openApp } = await import('../app.ts')
const { app, commands, close } = await openApp(process.env)
const sizes = [10_000, 8_000]
const guildId = '197038439483310086'
const avatar = { displayAvatarURL: () => 'https://cdn.discordapp.com/a.png' }
const [ana, ben] = ['Ana', 'Ben'].map((displayName, index) => ({ ...avatar, id: personOf(index), displayName }))
const t = app.languages.memo('en-US')
const liked = commands.get('liked')

for (const [index, songs] of sizes.entries())
  await linkTo(app.accounts, app.spotify, personOf(index), `listener-${songs}`)
await app.sharing.share(personOf(1), guildId)

const cold = await pagesOf(look)
const inHand = await pagesOf(look)
const turned = await pagesOf(() => turn(inHand.reply))
time.pass(10 * 60_000)
const later = await pagesOf(look)
await app.library.settled()
const least = sizes.reduce((sum, songs) => sum + Math.ceil(songs / 50), 0)
const [first = '', second = ''] = sizes.map((songs) => songs.toLocaleString('en-US'))
const report: Report = {
  title: `/liked common of ${first} and ${second} songs`,
  rows: [
    figure('songs in common', songsIn(cold.reply)),
    atMost('requests, nothing in hand', cold.pages, least + 6),
    figure('the least that the API allows, fifty songs a request', least),
    exactly('requests, both libraries in hand', inHand.pages, 0),
    exactly('requests, the next page', turned.pages, 0),
    exactly('requests, both in hand for ten minutes', later.pages, sizes.length),
    figure('the least by which a change is noticed, one for each', sizes.length),
  ],
}
await close()
process.send?.([report])

/** The last of the answers, and how many pages Spotify was asked for. */
async function pagesOf(work: () => Promise<Reply | undefined>) {
  await orderSpotify(input)
  let reply = await work()
  while (reply && reply.kind !== 'modal' && reply.continueWith) reply = (await reply.continueWith()) ?? reply
  return { reply, pages: (await orderSpotify(input)).pages }
}

async function look(): Promise<Reply | undefined> {
  const options = { getBoolean: () => null, getUser: () => ben, getMember: () => ({}) }
  const interaction = { user: ana, guildId, locale: 'en-US', authorizingIntegrationOwners: { 0: guildId }, options }
  return liked?.find('common')?.execute(interaction as unknown as ChatInputCommandInteraction, app, t)
}

async function turn(shown: Reply | undefined): Promise<Reply | undefined> {
  const [customId] = /liked:2:[^"]*:n\.c:[^"]+/.exec(JSON.stringify(shown)) ?? []
  const message = { embeds: [], flags: { has: () => false }, interactionMetadata: { user: ana } }
  const kind = { isStringSelectMenu: () => false, isModalSubmit: () => false }
  const press = { ...kind, user: ana, guildId, locale: 'en-US', customId, message }
  return liked?.component?.(press as unknown as ComponentInteraction, app, t)
}

function songsIn(reply: Reply | undefined): number {
  const [, count = ''] = /"([\d,]+) songs that both/.exec(JSON.stringify(reply)) ?? []
  return Number(count.replaceAll(',', ''))
}
