import type { Message, MessageSnapshot } from 'discord.js'
import { mostTracks } from '../accounts/liked-tracks.ts'

/** A track that a message has a link to; what it is called as far as the message says, as it stands there. */
export interface LinkedTrack {
  readonly id: string
  readonly title?: string | undefined
  readonly artists?: string | undefined
}

/** What else of Spotify's may be linked: a short link leads anywhere. */
const otherKinds = ['album', 'playlist', 'artist', 'podcast', 'short'] as const
type OtherKind = (typeof otherKinds)[number]

/** Texts in the order of reading; what an address alone is called stands beside it. */
type NamedText = Omit<LinkedTrack, 'id'> & { readonly text: string }

/**
 * Tracks that a message has links to, in the order of reading, each once, up to forty; how many more there are, and
 * which other kinds of links. In its text, embeds, components and what it forwards, whatever that holds.
 */
export function linkedIn(message: Pick<Message, 'content' | 'embeds' | 'components' | 'messageSnapshots'>) {
  const tracks = new Map<string, LinkedTrack>()
  const others = new Set<OtherKind>()
  const all = [message, ...message.messageSnapshots.values()].flatMap((one) => [...piecesOf(one)])
  for (const { text, ...named } of all) {
    for (const { 0: address, index } of text.matchAll(addresses)) {
      const { kind, id = '' } = targetOf(address.replace(/[.:!?~_]+$/, '')) ?? {}
      if (kind === 'track') {
        const { title, artists } = named.title ? named : namesAround(text, index, index + address.length)
        const known = tracks.get(id)
        tracks.set(id, { id, title: known?.title || title, artists: known?.artists || artists })
      } else if (kind) others.add(kind)
    }
  }
  const more = Math.max(tracks.size - mostTracks, 0)
  const kinds = otherKinds.filter((kind) => others.has(kind))
  return { tracks: [...tracks.values()].slice(0, mostTracks), more, others: kinds }
}

/** The ids of the tracks in a message, for those that are of our own making. */
export function tracksIn(message: Message | null): readonly LinkedTrack[] {
  return message ? linkedIn(message).tracks : []
}

// Addresses of the web as a whole, so that one within another is none; and what needs no scheme, where nothing
// before it makes it a part of something else.
const addresses =
  /(?:(?<![\da-z])https?:\/\/|(?<![\w./:@%=&?#+~\\-])(?=(?:open\.spotify\.com|spotify\.link)\/|spotify:))[\w.~:/?#@!$&+=%-]+/gi
const page =
  /^(?:https?:\/\/)?(?:(?:spotify\.link|spotify\.app\.link|play\.spotify\.com)\/(.)|open\.spotify\.com\/(?:intl-[a-z]{2}(?:-[a-z]{2})?\/)?(?:(user)\/[\w.~%+-]+\/)?([a-z]+)\/([\da-z]{22})\/?(?:[?#].*)?$)/i
const uri = /^spotify:(?:(user):[\w.~%+-]+:)?([a-z]+):([\da-z]{22})$/i

const kinds: Readonly<Record<string, 'track' | OtherKind>> = {
  ...{ track: 'track', album: 'album', playlist: 'playlist', artist: 'artist', show: 'podcast', episode: 'podcast' },
}

/** What kind of thing an address of Spotify's leads to, and its id; nothing for any other address. */
function targetOf(address: string) {
  const [, short, ...parts] = page.exec(address) ?? []
  if (short !== undefined) return { kind: 'short' } as const
  const [user, name = '', id] = parts.length > 0 ? parts : (uri.exec(address) ?? []).slice(1)
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  return user === undefined || kind === 'playlist' ? { kind, id } : undefined
}

// More than any title and its brackets.
const farthest = 600

/** Of a masked link the title, and the artists in the small print below, as our own lists have them. */
function namesAround(text: string, start: number, end: number): Omit<LinkedTrack, 'id'> {
  const before = text.slice(Math.max(start - farthest, 0), start)
  const [, title = ''] = /\[((?:[^[\]\n]|\[[^[\]\n]*\])+)\]\(<?$/.exec(before) ?? []
  if (!title || title.includes('://')) return {}
  const [, small = ''] = /^[^\n]*\)[^\n]*\n-# ([^\n]+)/.exec(text.slice(end, end + farthest)) ?? []
  const [first = ''] = small.split(' · ', 1)
  return { title: unescaped(title), artists: /^<t:|^$/.test(first) ? undefined : unescaped(first) }
}

/** Without the backslashes that keep markdown from acting. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([^\w\s])/g, '$1')
}

/** Discord's word is not taken for what is a text or a list. */
function* piecesOf({
  content,
  embeds,
  components,
}: Pick<Message | MessageSnapshot, 'content' | 'embeds' | 'components'>): Generator<NamedText> {
  yield* texts(content)
  for (const { data } of embeds) {
    const { url, title, description, author, fields, footer } = (data ?? {}) as Readonly<Record<string, unknown>>
    // As Discord shows an address of Spotify's: artist, album, kind, year.
    const about = typeof description === 'string' ? description : ''
    const artists = about.includes(' · ') ? about.split(' · ', 1)[0] : undefined
    if (typeof url === 'string') yield typeof title === 'string' ? { text: url, title, artists } : { text: url }
    yield* texts(title, ...within(author, 'name', 'url'), description)
    if (Array.isArray(fields)) for (const field of fields) yield* texts(...within(field, 'name', 'value'))
    yield* texts(...within(footer, 'text'))
  }
  for (const component of components) yield* textsOf(component.toJSON())
}

function* textsOf(component: unknown): Generator<NamedText> {
  yield* texts(...within(component, 'content', 'url'))
  const [parts, accessory] = within(component, 'components', 'accessory')
  for (const part of [...(Array.isArray(parts) ? parts : []), accessory]) if (part) yield* textsOf(part)
}

function within(holder: unknown, ...keys: string[]): unknown[] {
  return keys.map((key) => Reflect.get(Object(holder) as object, key))
}

function* texts(...values: unknown[]): Generator<NamedText> {
  for (const text of values) if (typeof text === 'string') yield { text }
}
