import { expect, test } from 'vitest'
import { ana, lobby, openDiscord, startBot } from './discord-bot.ts'
import { placeOfRefusal, send } from './discord-refusal-place.ts'

const row = (...components: object[]) => ({ type: 1, components })
const button = (id: string, more: object = {}) => ({ type: 2, style: 2, label: id, custom_id: id, ...more })
const many = (count: number, make: (index: number) => object) =>
  Array.from({ length: count }, (_, index) => make(index))
const x = (length: number) => 'x'.repeat(length)
const embed = (part: object) => ({ data: { embeds: [{ title: 'Songs', ...part }] } })
const components = (...rows: object[]) => ({ data: { content: 'Songs', components: rows } })
const modal = (part: object) => ({
  type: 9,
  data: {
    custom_id: 'a',
    title: 'Jump',
    components: [{ type: 18, label: 'Page', component: { type: 4, custom_id: 'p', style: 1 } }],
    ...part,
  },
})
const words = (content: string) => ({ type: 10, content })
const layout = (part: object) => ({ data: { flags: 32768, components: [words('a')], ...part } })
const link = (part: object) => ({ type: 2, style: 5, label: 'Open', ...part })

const tooMuch: [name: string, body: object, place: string][] = [
  ['no content at all', { data: {} }, '50006'],
  ['only buttons', { data: { components: [row(button('a'))] } }, '50006'],
  ['blank content', { data: { content: ' \n ' } }, '50006'],
  ['content of 2001', { data: { content: x(2001) } }, 'data.content BASE_TYPE_MAX_LENGTH'],
  ['an unknown field', { data: { content: 'a', colour: 1 } }, 'data.colour UNKNOWN_FIELD'],
  ['eleven embeds', { data: { embeds: many(11, () => ({ title: 'a' })) } }, 'data.embeds BASE_TYPE_MAX_LENGTH'],
  [
    'an empty embed',
    { data: { content: 'a', embeds: [{ color: 1 }] } },
    'data.embeds.0.description BASE_TYPE_REQUIRED',
  ],
  ['a title of 257', embed({ title: x(257) }), 'data.embeds.0.title BASE_TYPE_MAX_LENGTH'],
  ['a description of 4097', embed({ description: x(4097) }), 'data.embeds.0.description BASE_TYPE_MAX_LENGTH'],
  ['a footer of 2049', embed({ footer: { text: x(2049) } }), 'data.embeds.0.footer.text BASE_TYPE_MAX_LENGTH'],
  ['an author of 257', embed({ author: { name: x(257) } }), 'data.embeds.0.author.name BASE_TYPE_MAX_LENGTH'],
  [
    '26 fields',
    embed({ fields: many(26, () => ({ name: 'a', value: 'b' })) }),
    'data.embeds.0.fields BASE_TYPE_MAX_LENGTH',
  ],
  ['a blank field', embed({ fields: [{ name: ' ', value: 'b' }] }), 'data.embeds.0.fields.0.name BASE_TYPE_REQUIRED'],
  [
    'a field of 1025',
    embed({ fields: [{ name: 'a', value: x(1025) }] }),
    'data.embeds.0.fields.0.value BASE_TYPE_MAX_LENGTH',
  ],
  [
    'a data: picture',
    embed({ image: { url: 'data:image/png;base64,AA' } }),
    'data.embeds.0.image.url URL_TYPE_INVALID_SCHEME',
  ],
  [
    'a picture that is no address',
    embed({ thumbnail: { url: 'cover' } }),
    'data.embeds.0.thumbnail.url URL_TYPE_INVALID_URL',
  ],
  [
    '6001 characters over all',
    { data: { embeds: [{ description: x(4000) }, { description: x(2001) }] } },
    'data.embeds MAX_EMBED_SIZE_EXCEEDED',
  ],
  ['six rows', components(...many(6, (index) => row(button(`${index}`)))), 'data.components BASE_TYPE_MAX_LENGTH'],
  [
    'six buttons in a row',
    components(row(...many(6, (index) => button(`${index}`)))),
    'data.components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED',
  ],
  [
    'an id twice',
    components(row(button('a')), row(button('a'))),
    'data.components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
  ],
  [
    'an id of 101',
    components(row(button(x(101), { label: 'a' }))),
    'data.components.0.components.0.custom_id BASE_TYPE_MAX_LENGTH',
  ],
  [
    'an empty id',
    components(row(button('', { label: 'a' }))),
    'data.components.0.components.0.custom_id BASE_TYPE_REQUIRED',
  ],
  [
    'a label of 81',
    components(row(button('a', { label: x(81) }))),
    'data.components.0.components.0.label BASE_TYPE_MAX_LENGTH',
  ],
  [
    'a bare button',
    components(row(button('a', { label: undefined }))),
    'data.components.0.components.0.label BUTTON_COMPONENT_INVALID_EMPTY',
  ],
  [
    'an unknown style',
    components(row(button('a', { style: 7 }))),
    'data.components.0.components.0.style NUMBER_TYPE_MAX',
  ],
  ['a link to nowhere', components(row(link({}))), 'data.components.0.components.0.url BASE_TYPE_REQUIRED'],
  [
    'a link into an app',
    components(row(link({ url: 'spotify:track:1' }))),
    'data.components.0.components.0.url URL_TYPE_INVALID_SCHEME',
  ],
  [
    'a link with an id',
    components(row(link({ url: 'https://a.b', custom_id: 'a' }))),
    'data.components.0.components.0.custom_id BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
  ],
  [
    '26 options',
    components(row({ type: 3, custom_id: 's', options: many(26, (index) => ({ label: 'a', value: `${index}` })) })),
    'data.components.0.components.0.options BASE_TYPE_MAX_LENGTH',
  ],
  [
    'mentions of a kind unknown',
    { data: { content: 'a', allowed_mentions: { parse: ['all'] } } },
    'data.allowed_mentions.parse.0 BASE_TYPE_CHOICES',
  ],
  [
    'content beside Components V2',
    layout({ content: 'a' }),
    'data.content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
  ],
  [
    'an embed beside Components V2',
    layout({ embeds: [{ title: 'a' }] }),
    'data.embeds MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
  ],
  ['Components V2 of nothing', layout({ components: [] }), 'data.components BASE_TYPE_MIN_LENGTH'],
  [
    '41 components, with those in a container',
    layout({ components: [{ type: 17, components: many(40, () => words('a')) }] }),
    'data.components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
  ],
  [
    '4001 characters of text',
    layout({ components: [words(x(4000)), words('a')] }),
    'data.components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
  ],
  [
    'a description of a picture of 1025',
    layout({ components: [{ type: 12, items: [{ media: { url: 'https://a.b' }, description: x(1025) }] }] }),
    'data.components.0.items.0.description BASE_TYPE_MAX_LENGTH',
  ],
  ['a deferral of Components V2', { type: 5, data: { flags: 32768 } }, 'data.flags BITFIELD_INVALID'],
  ['a title of 46', modal({ title: x(46) }), 'data.title BASE_TYPE_MAX_LENGTH'],
  ['no inputs', modal({ components: [] }), 'data.components BASE_TYPE_MIN_LENGTH'],
  ['an update of nothing', { type: 7, data: { content: 'a' } }, 'type INTERACTION_CALLBACK_TYPE_INVALID'],
  ['choices for a command', { type: 8, data: { choices: [] } }, 'type INTERACTION_CALLBACK_TYPE_INVALID'],
  ['an unknown type', { type: 99 }, 'type BASE_TYPE_CHOICES'],
]

test('each limit of an answer is kept, and the answer after it still counts', async () => {
  const discord = await openDiscord()
  const met: [string, string][] = []
  await startBot(discord, async (call) => {
    for (const [name, body] of tooMuch) met.push([name, await placeOfRefusal(call, { type: 4, ...body })])
    await send(call, { type: 4, data: { content: 'fine' } })
  })
  expect(await discord.use(ana.id, lobby.id, 'ping')).toMatchObject({ message: { content: 'fine' } })
  expect(met).toEqual(tooMuch.map(([name, , place]) => [name, place]))
  expect(discord.surprises).toHaveLength(tooMuch.length)
})

test('an answer at the limits is taken', async () => {
  const discord = await openDiscord()
  const embeds = [
    { title: x(256), description: x(3744), url: 'https://open.spotify.com', image: { url: 'attachment://a.png' } },
  ]
  const rows = many(5, (line) =>
    row(...many(5, (index) => button(`${line}${index}`.padEnd(100, '-'), { label: x(80) }))),
  )
  await startBot(discord, (call) => send(call, { type: 4, data: { content: x(2000), embeds, components: rows } }))
  expect(await discord.use(ana.id, lobby.id, 'ping')).toMatchObject({
    kind: 'message',
    message: { embeds, components: rows },
  })
  expect(discord.surprises).toEqual([])
})
