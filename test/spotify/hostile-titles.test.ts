import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linksIn, liveIn, seen } from '../format/discord-markdown.ts'
import { messageOf, rowsOf, startWorld, type Player, type World } from '../world/world.ts'

const id = '4uLU6hMCjMI75M1A2tKUQC'
const url = `https://open.spotify.com/track/${id}`

let world: World
let fay: Player
beforeAll(async () => {
  world = await startWorld()
  fay = world.person('fay')
  await fay.links()
})
afterAll(() => world.stop())

/** The one row of a library with one song of that title, sung by an artist of that name, taken apart. */
async function row(title: string, local = false) {
  const uri = local ? 'spotify:local:a' : `spotify:track:${id}`
  const track = { id: local ? null : id, uri, name: title, artists: [{ name: title }], is_local: local }
  const body = { items: [{ added_at: new Date().toISOString(), track }], total: 1 }
  world.spotify.script(/^GET \/v1\/me\/tracks$/, { body })
  const message = messageOf(await fay.uses('liked recent'))
  const description = String(message.embeds[0]?.['description'])
  expect(rowsOf(message)).toEqual([description])
  const shape = /^\*\*1\.\*\* (?<song>.*)\n-# (?:(?<artist>.*) · )?<t:\d+:R>(?: · local file)?$/u
  const { song = '', artist = '' } = shape.exec(description)?.groups ?? {}
  expect(song, description).not.toBe('')
  return { song, artist }
}

const titles: [string, string, string?][] = [
  ['SP-109 a link to a script', '[x](javascript:alert(1))'],
  ['SP-109 a link elsewhere', '[a](https://evil.example/login)'],
  ['SP-109 a link with a title', '[a](https://evil.example "Spotify")'],
  ['SP-109 a link around the link', 'a](https://evil.example) [b', 'a］(https://evil.example) ［b'],
  ['SP-109 a bracket that closes early', 'Low] Tide', 'Low］ Tide'],
  ['SP-109 a heading', '# H'],
  ['SP-109 small print', '-# s'],
  ['SP-109 a quote', '> q'],
  ['SP-109 a long quote', '>>> q'],
  ['SP-109 a list', '- one'],
  ['SP-109 a numbered list', '1. one'],
  ['SP-109 a code fence', '```js alert(1)```'],
  ['SP-109 code', '`Code`'],
  ['SP-109 spoilers', '||hidden||'],
  ['SP-109 one odd star', 'Star * dust'],
  ['SP-109 three odd stars', '***Bold'],
  ['SP-109 underscores', '__init__ _a_'],
  ['SP-109 struck out', '~~gone~~'],
  ['SP-109 a trailing backslash', 'Ends with \\'],
  ['SP-109 many backslashes', '\\\\\\*not bold\\\\\\*'],
  ['SP-110 @everyone', '@everyone and @here'],
  ['SP-110 a person', '<@1> <@!175928847299117063>'],
  ['SP-110 a role', '<@&197038439483310086>'],
  ['SP-110 a channel', '<#197038439483310087>'],
  ['SP-110 a command', '</link:1180000000000000001>'],
  ['SP-110 a time', '<t:0:R>'],
  ['SP-110 custom emoji', '<:x:1> <a:x:1> :joy:'],
  ['SP-110 a bare address', 'https://evil.example/free'],
  ['SP-110 an address in angles', '<https://evil.example>'],
  ['SP-110 another scheme', 'steam://run/1 spotify:track:1'],
  ['SP-110 an invitation', 'discord.gg/x and discord.com/invite/x'],
  ['SP-110 a mail address and a telephone', '<a@evil.example> <+4930123456>'],
  ['SP-111 text turned round', 'Rewind \u202Egnos\u202C \u2066x\u2069', 'Rewind gnos x'],
  ['SP-111 zero width', 'Lo\u200Bw\u2060 \uFEFFTi\u00ADde', 'Low Tide'],
  ['SP-111 marks in a stack', `Z${'\u0301\u0302\u0303\u0304\u0305'.repeat(40)}algo`, 'Z\u0301\u0302\u0303algo'],
  ['SP-111 lone surrogates', 'Low \uD83C Tide\uDFB7', 'Low Tide'],
  ['SP-111 NUL and other controls', 'Lo\u0000w\u0007 Ti\u001B[31mde', 'Low Ti［31mde'],
  ['SP-111 newlines', 'Low\nTide\r\nand\u2028more\u0085still\n# H', 'Low Tide and more still # H'],
  [
    'SP-111 a zero-width break in an address',
    'ht\u200Btps://evil.example'.replace('\u200B', '\u200D'),
    'https://evil.example',
  ],
  ['SP-111 a zero-width break in a mention', '@\u200Beveryone <\u2060@1>', '@everyone <@1>'],
]

describe.each(titles)('%s', (_, title, shown = title) => {
  test('is text in the title of a link and in the name of an artist', async () => {
    const { song, artist } = await row(title)
    const links = linksIn(song)
    expect(links.map((link) => link.url)).toEqual([url])
    const text = links[0]?.text ?? ''
    expect(song).toBe(`[${text}](${url})`)
    // Discord's client drops format characters from the text of a link before it looks for addresses.
    expect([liveIn(text.replace(/\p{Cf}/gu, '')), liveIn(artist)]).toEqual([[], []])
    expect([seen(text), seen(artist)]).toEqual([shown, shown])
  })

  test('is text where there is no link around it', async () => {
    const { song, artist } = await row(title, true)
    expect([liveIn(song), liveIn(artist)]).toEqual([[], []])
    expect([seen(song), seen(artist)]).toEqual([shown, shown])
  })
})

test('SP-92 a title of 2,000 characters is cut, and ten of them fit', async () => {
  const title = 'and then the river turned around '.repeat(60)
  fay.spotify.library = Array.from({ length: 10 }, (_, index) => ({
    song: {
      id: `${id.slice(0, -1)}${index}`,
      title,
      artists: Array(40).fill(title),
      album: title,
      cover: '',
      durationMs: 1000,
    },
    addedAt: Date.now(),
  }))
  const rows = rowsOf(messageOf(await fay.uses('liked recent')))
  expect(rows).toHaveLength(10)
  for (const one of rows)
    expect(one).toMatch(/^\*\*\d+\.\*\* \[and then .+…\]\(.+\)\n-# and then .+… and 39 more · <t:\d+:R>$/)
})

test.each([
  ['SP-92 empty', ''],
  ['SP-111 invisible', '\u200B\u2060\u202E\u0000'],
])('a title that is %s has a name all the same', async (_, title) => {
  expect(await row(title)).toEqual({ song: `[Untitled song](${url})`, artist: '' })
})
