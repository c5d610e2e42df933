/** Everything secret that has gone from hand to hand in a run, and what it is. */
export interface Secrets {
  add(kind: string, value: string | null | undefined): void
  /** How many of each kind. */
  counts(): Readonly<Record<string, number>>
  /** What of it is in there, in plain or thinly wrapped: "a refresh token, as hex". */
  foundIn(text: string | Buffer, except?: readonly string[]): string[]
}

const shortest = 16

export function createSecrets(): Secrets {
  const kinds = new Map<string, string>()
  return {
    add(kind, value) {
      if (value && value.length >= shortest && !kinds.has(value)) kinds.set(value, kind)
    },
    counts() {
      const counts: Record<string, number> = {}
      for (const kind of kinds.values()) counts[kind] = (counts[kind] ?? 0) + 1
      return counts
    },
    foundIn(text, except = []) {
      const bytes = Buffer.from(text)
      return [...kinds].flatMap(([value, kind]) =>
        except.includes(kind)
          ? []
          : shapes(value).flatMap(([shape, form]) => (bytes.includes(form) ? [`${kind}, ${shape}`] : [])),
      )
    },
  }
}

function shapes(value: string): [string, Buffer][] {
  const bytes = Buffer.from(value)
  const shapes: [string, Buffer][] = [
    ['in plain', bytes],
    ['as base64', Buffer.from(bytes.toString('base64').replace(/=+$/, ''))],
    ['as hex', Buffer.from(bytes.toString('hex'))],
  ]
  const [url, escaped] = [bytes.toString('base64url'), encodeURIComponent(value)]
  if (!bytes.toString('base64').startsWith(url)) shapes.push(['as base64url', Buffer.from(url)])
  if (escaped !== value) shapes.push(['escaped for an address', Buffer.from(escaped)])
  // What decodes to the 32 bytes of a key might be kept as those.
  const decoded = Buffer.from(value, 'base64')
  if (/^[\w+/-]{43}=?$/.test(value) && decoded.length === 32) {
    shapes.push(['as bytes', decoded], ['as hex of its bytes', Buffer.from(decoded.toString('hex'))])
  }
  return shapes
}
