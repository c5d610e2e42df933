import { globSync, readFileSync } from 'node:fs'
import { ApplicationCommandOptionType } from 'discord.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import words from '../../locales/en-US.json' with { type: 'json' }
import { loadCommands } from '../../src/discord/load.ts'
import { createLanguages, type MessageKey } from '../../src/i18n.ts'
import { english } from '../world/english.ts'
import { longestOf, mostFor, placeholdersOf } from './room.ts'
import { isNode, nameOf, nodesIn, propertiesOf, quasisOf, textsOf, type Node } from './source.ts'

const said = new Map(Object.entries(words).map(([key, text]) => [key.replace(/_(?:one|other)$/, ''), text]))
const sources = globSync(['src/**/*.ts', 'commands/**/*.ts'])
/** Where people are spoken to. */
const speaking = sources.filter((file) =>
  /^(?:commands\/|src\/(?:views|linking)\/|src\/(?:error-messages|access)\.ts|src\/discord\/(?:dispatch|reply|publisher|bot)\.ts)/.test(
    file,
  ),
)

/** What reads like a sentence there and is for nobody who asks: for the operator's log, or for a machine. */
const forOthers: readonly (readonly [RegExp, why: string])[] = [
  [/^src\/error-messages\.ts/, 'every sentence is a key there; what is left is for the log'],
  [
    /^src\/discord\/dispatch\.ts: (?:A command failed|An interaction could|Somebody could not be told|Discord gave the interaction up)/,
    'the log',
  ],
  [/^src\/discord\/bot\.ts: (?:The connection to Discord|Discord’s gateway|not connected)/, 'the log and /health'],
  [/^src\/discord\/publisher\.ts: Something between here/, 'the log'],
  [/^src\/discord\/(?:dispatch|reply)\.ts: (?:ephemeral|public) message$/, 'the kinds of a deferral'],
  [/^src\/linking\/page-error\.ts: A page failed unexpectedly/, 'the log'],
  [/^src\/views\/.*: (?:… · )?Spotify$/, 'a name'],
  [
    /^src\/linking\/(?:home-page|pages)\.ts: +\/(?:liked recent|unlink) +$/,
    'what is typed, the same in every language',
  ],
  [/^src\/linking\/discord-oauth\.ts: POST /, 'an error for the log'],
  [/^src\/access\.ts: (?:the rest )?at once$/, 'how urgent a question is'],
  [/^commands\/liked\/command\.ts: (?:Liked|Save) songs$/, 'the names of entries in menus, the same in every language'],
  [/^src\/views\/song-list\.ts: : liked songs$/, 'what 0.1.0 has put behind a name'],
  [/^src\/linking\/html\.ts: \n:root/, 'the style sheet'],
  [/^src\/linking\/html\.ts: (?:<svg|<path|fill=)/, 'the logo'],
  [
    /^(?:src\/(?:views|discord)|commands)\/.*: (?:by somebody|channel closed|paused refused|too many|turned away)$/,
    'states',
  ],
]

describe('the words for people', () => {
  test('none is outside locales', () => {
    const outside = speaking.flatMap((file) => sentencesIn(file).map((text) => `${file}: ${text}`))
    expect(outside.filter((one) => !forOthers.some(([pattern]) => pattern.test(one)))).toEqual([])
  })

  test('each reason for an exception is still needed', () => {
    const outside = speaking.flatMap((file) => sentencesIn(file).map((text) => `${file}: ${text}`))
    const idle = forOthers.filter(([pattern]) => !outside.some((one) => pattern.test(one)))
    expect(idle.map(([pattern]) => pattern.source)).toEqual([])
  })

  test('every key is used, and every command and option has its own', async () => {
    const literals = new Set(sources.flatMap((file) => nodesIn(file).flatMap(([node]) => textsOf(node))))
    const commands = [...(await loadCommands(new URL('../../commands/', import.meta.url))).values()]
    const named = commands.flatMap(({ data }) => describedIn(data, 'command'))
    expect([...said.keys()].filter((key) => !literals.has(key) && !named.includes(key))).toEqual([])
    expect(named.filter((key) => !said.has(key))).toEqual([])
  })

  test('what is put in is what there is a place for', () => {
    const used = sources.flatMap((file) => usesIn(file).map((use) => ({ file, ...use })))
    const wrong = used.filter(({ key, given }) => placeholdersOf(said.get(key) ?? '').join() !== given.join())
    expect(wrong).toEqual([])
    expect(used.length).toBeGreaterThan(150)
  })

  test('of keys from which one is chosen at run time, one has the places of all', () => {
    const groups = sources.flatMap((file) =>
      nodesIn(file).flatMap(([node]) => {
        const keys = [...(propertiesOf(node)?.values() ?? [])].flatMap(textsOf).filter((text) => said.has(text))
        const isMessage = propertiesOf(node)?.has('key') ?? false
        return keys.length > 1 && !isMessage ? [{ file, keys }] : []
      }),
    )
    const isOdd = ({ keys }: { readonly keys: readonly string[] }): boolean => {
      const all = new Set(keys.flatMap((key) => placeholdersOf(said.get(key) ?? '')))
      return !keys.some((key) => placeholdersOf(said.get(key) ?? '').length === all.size)
    }
    expect(groups.filter(isOdd)).toEqual([])
    expect(groups.length).toBeGreaterThan(3)
  })

  test('a plural has both forms, with the same places', () => {
    const forms = Object.entries(words).filter(([key]) => /_(?:one|other)$/.test(key))
    for (const [key, text] of forms) {
      const other = (words as Record<string, string>)[
        key.replace(/_one$/, '_other').replace(/^(.*)_other$/, '$1_other')
      ]
      expect(Object.hasOwn(words, key.replace(/_other$/, '_one')), key).toBe(true)
      // "The only song" needs no number.
      if (/\{\{count/.test(text)) expect(placeholdersOf(text)).toEqual(placeholdersOf(other ?? ''))
    }
  })
})

describe('a command in a sentence', async () => {
  const commands = [...(await loadCommands(new URL('../../commands/', import.meta.url))).values()]
  const typed = commands.flatMap(({ data: { name, options = [] } }) => {
    const subcommands = options.filter(({ type }) => type === ApplicationCommandOptionType.Subcommand)
    return subcommands.length > 0 ? subcommands.map((one) => `${name} ${one.name}`) : [name]
  })
  const ids = Object.fromEntries(commands.map(({ data: { name } }, place) => [name, String(place + 1)]))
  const languages = createLanguages()
  const before = languages.memo('de')
  languages.setCommandIds(ids)
  const linked = languages.memo('en-US')
  const naming = Object.entries(words).filter(([, text]) => text.includes('`'))

  test.each(naming)('of %s exists, and can be clicked once its id is known', (key, text) => {
    const named = [...text.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code.slice(1))
    expect(typed).toEqual(expect.arrayContaining(named))
    const plural = key.replace(/_(?:one|other)$/, '') as MessageKey
    const values = plural === key ? {} : { count: key.endsWith('_one') ? 1 : 2 }
    const said = linked(plural, values)
    expect(said).not.toContain('`')
    for (const one of named) expect(said).toContain(`</${one}:${ids[one.split(' ', 1)[0] ?? '']}>`)
    expect(before(plural, values)).toContain(`\`/${named[0]}\``)
  })

  test('what is put into a sentence keeps the form that it has', () => {
    expect(linked('unlink.from', { name: '`/link`' })).toBe('Unlinked from **`/link`**.')
    expect(naming.length).toBeGreaterThan(30)
  })

  test('stands where Discord draws it: in none of the labels and descriptions', () => {
    expect(naming.filter(([key]) => mostFor(key) <= 100)).toEqual([])
  })
})

interface Described {
  readonly name: string
  readonly type?: number | undefined
  readonly options?: readonly Described[] | undefined
  readonly choices?: readonly { readonly name: string }[] | undefined
}

/** The keys of a command or an option, and of all in it. */
function describedIn({ name, options = [] }: Described, path: string): string[] {
  const own = `${path}.${name}`
  const optionKey = (option: Described): string => {
    const special = `${own.replace('command', 'option')}.${option.name}`
    return said.has(special) ? special : `option.${option.name}`
  }
  const keysOf = (option: Described) => [
    optionKey(option),
    ...(option.choices ?? []).map((one) => `choice.${one.name}`),
  ]
  return [own, ...options.flatMap((option) => (option.type === 1 ? describedIn(option, own) : keysOf(option)))]
}

const banned =
  /\b(?:whoever|whomever|as whom|consents?|markets?|client-id|hits?|allow-?list|tak(?:e|es|ing) (?:no )?part|not with sense|memory|foresaw|by itself|what is shared where|the clocks of|Hearsay|us|our)\b|!|\p{Emoji_Presentation}/iu

describe.each(Object.entries(words))('%s', (key, text) => {
  test('is written as we write', () => {
    // Commands are named as they are typed.
    expect(text.replace(/`\/[^`]+`/g, '')).not.toMatch(banned)
    expect(text).toBe(text.trim())
  })

  test('fits where it is shown, with the longest values', () => {
    expect(longestOf(text)).toBeLessThanOrEqual(mostFor(key))
  })
})

test('values are said as they are, whatever is in them', () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('{{name}}', '$t(bots)', '$&', '{{', '-}}', '$1$`'),
  )
  fc.assert(
    fc.property(fc.array(wild, { maxLength: 4 }), (parts) => {
      const name = parts.join('')
      expect(english('unlink.from', { name })).toBe(`Unlinked from **${name}**.`)
      expect(english('account.linked', { name, since: name })).toBe(`Linked as **${name}** on Spotify since ${name}.`)
    }),
  )
})

test('numbers, lists and weekdays are written as in the language', () => {
  expect(english('liked.songs', { count: 1 })).toBe('1 liked song')
  expect(english('liked.songs', { count: 3120 })).toBe('3,120 liked songs')
  expect(english('unlink.again', { deleted: ['a', 'b', 'c'], left: ['d'] })).toContain('a, b, and c')
  expect(english.number(40_000)).toBe('40,000')
})

/** Literals and templates that read like words for people: of two words and more, or of one where a label or a page is. */
function sentencesIn(file: string): string[] {
  return nodesIn(file).flatMap(([node, around]) => {
    const texts =
      node.type === 'TemplateLiteral' ? [markupOf(node, around)] : node.type === 'Literal' ? textsOf(node) : []
    const [parent] = around
    if (isForMachines(around)) return []
    const isLabel = isNode(parent) && isPlaceOfLabel(parent, node)
    return texts.filter((text) => /\p{L}{2,}[,:;]? \p{L}/u.test(text) || (isLabel && /\p{L}/u.test(text)))
  })
}

/** A template's text; of markup only what is read. */
function markupOf(node: Node, [parent]: readonly Node[]): string {
  const text = quasisOf(node).join('…')
  if (parent?.type !== 'TaggedTemplateExpression' || nameOf(parent['tag']) !== 'html') return text
  return text.replace(/<[^>]*>/g, ' ').replaceAll('Hearsay', '')
}

/** Of imports and types, for the log, for errors that are the program's own, for comparing. */
function isForMachines(around: readonly Node[]): boolean {
  return around.some(({ type, callee, tag }) => {
    if (/^(?:Import|ExportAll)|^TS(?!As|Satisfies|NonNull)/.test(type)) return true
    if (type === 'TaggedTemplateExpression') return nameOf(tag) === 'raw'
    if (type === 'NewExpression') return /^(?:TypeError|Error|RegExp|\w*StartupError)$/.test(nameOf(callee))
    return type === 'CallExpression' && /^(?:debug|info|warn|error)$/.test(nameOf(callee))
  })
}

const labelled = ['label', 'placeholder', 'title', 'description', 'content', 'text', 'footer', 'heading']

function isPlaceOfLabel(parent: Node, node: Node): boolean {
  if (parent.type === 'TaggedTemplateExpression') return nameOf(parent['tag']) === 'html'
  if (parent.type === 'Property') return parent['value'] === node && labelled.includes(nameOf(parent['key']))
  if (parent.type !== 'CallExpression') return false
  const [first] = parent['arguments'] as Node[]
  return first === node && /^(?:button|linkButton|choice)$/.test(nameOf(parent['callee']))
}

/** Keys with what they are given, where both are written in one place. */
function usesIn(file: string): { readonly key: string; readonly given: readonly string[] }[] {
  return nodesIn(file).flatMap(([node]) => {
    const pairs: (readonly [keys: unknown, values: unknown])[] = []
    if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      const list = node['arguments'] as Node[]
      const isOfKeys = /^(?:t|own|shown|english|rich|UserError|PageError|super)$/.test(
        nameOf(node['callee']) || 'super',
      )
      if (isOfKeys) list.forEach((one, place) => pairs.push([one, list[place + 1]]))
    }
    const properties = propertiesOf(node)
    if (properties?.has('key')) pairs.push([properties.get('key'), properties.get('values')])
    return pairs.flatMap(([keys, values]) => {
      const isNone = !isNode(values) || nameOf(values) === 'undefined' || textsOf(values).length > 0
      const given = isNone ? [] : propertiesOf(values)?.keys().toArray().toSorted()
      return given ? textsOf(keys).flatMap((key) => (said.has(key) ? [{ key, given }] : [])) : []
    })
  })
}

// A key that is none does not compile.
// @ts-expect-error
void (() => english('no.such.key'))
void ((key: MessageKey) => english(key))

test('comments and documents use plain words as well', () => {
  const written = globSync(['src/**/*.ts', 'commands/**/*.ts', 'sandbox/**/*.{ts,js}', 'docs/*', '*.md'])
  const stilted = /\b(?:whoever|whomever|as whom|stands? for|by itself)\b/i
  const lines = written.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => `${file}: ${line}`),
  )
  expect(lines.filter((line) => stilted.test(line))).toEqual([])
})
