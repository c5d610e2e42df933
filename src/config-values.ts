import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { readRedisAddress } from './store/redis-address.ts'

// Every rule says what is wrong and what to do, as it goes on after the name of the variable, and never the value.

/** Something that is pasted from elsewhere. Without `missing`, it may be left out. */
export function pasted(missing: string, flaw: (value: string) => string | false = () => false) {
  return z.string(`is missing: ${missing}`).superRefine((value, context) => {
    const sentence = flawInPasting(value) || flaw(value)
    if (sentence) context.addIssue(sentence)
  })
}

export function checked(flaw: (value: string) => string | false) {
  return z
    .string()
    .superRefine((value, context) => {
      const sentence = flaw(value)
      if (sentence) context.addIssue(sentence)
    })
    .optional()
}

export function whole(min: number, max: number, sentence: string) {
  const fits = (value: string) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max
  return z.string().refine(fits, sentence).transform(Number)
}

/** Whole or with a fraction. */
export function hours(most: number) {
  const fits = (value: string) => /^\d{1,4}(?:\.\d{1,4})?$/.test(value) && Number(value) <= most
  return z.string().refine(fits, `must be a number of hours from 0 to ${most}, such as 24 or 0.5`).transform(Number)
}

/** The address of an API, without a slash at its end. */
export function address(usual: string) {
  const sentence = 'must be an https address without user, query or # (http only on 127.0.0.1 or [::1])'
  // URL reads `https:host` and blanks around it as well.
  const isWhole = (value: string) => /^https?:\/\/[^\s\\/?#]+(?:\/[^\s\\?#]*)?$/i.test(value)
  const fits = (value: string) => isWhole(value) && URL.canParse(value) && isSafe(new URL(value))
  return z
    .string()
    .refine(fits, sentence)
    .transform((value) => value.replace(/\/+$/, ''))
    .default(usual)
}

/** An origin and nothing after it: `https://hearsay.example.com`. */
export function flawInOrigin(value: string): string | false {
  if (value === 'https://hearsay.example.com') return 'still holds the example: set your own address'
  if (!URL.canParse(value)) return 'must be a whole address such as https:// and a host name'
  const url = new URL(value)
  if (url.username || url.password) return 'must not carry a user or password: remove what stands before the @'
  if (!isSafe(url)) return 'must start with https:// (http:// only with 127.0.0.1 or [::1], not localhost)'
  const ends = /^https?:\/\/[^/?#\\]+$/i.test(value)
  return !ends && 'must end after the host and port: remove the path, query or slash at its end'
}

/** An address that people and Discord open in a browser. */
export function flawInPublicAddress(value: string): string | false {
  const isWhole = /^https?:\/\/[^\s\\/?#]+\S*$/i.test(value) && URL.canParse(value)
  if (isWhole && value.length <= 500 && isSafe(new URL(value))) return false
  return 'must be a whole https address of at most 500 characters, without a user (http only on 127.0.0.1 or [::1])'
}

/** An email address or a page. */
export function flawInContact(value: string): string | false {
  if (/^[^\s@<>"'/?#%&:]+@[^\s@<>"'/?#%&:.]+(?:\.[^\s@<>"'/?#%&:.]+)+$/.test(value)) return false
  return flawInPublicAddress(value) && 'must be an email address or an https address, where people can reach you'
}

/** Discord shows no SVG. */
export function flawInPicture(value: string): string | false {
  const flaw = flawInPublicAddress(value)
  return flaw || (/\.svg$/i.test(new URL(value).pathname) && 'is an SVG, which Discord does not show: use a PNG of it')
}

export function flawInRedisAddress(value: string): string | false {
  const address = readRedisAddress(value)
  return typeof address === 'string' && address
}

/** What is in the file with that name: certificates as PEM. */
export function certificates() {
  const none =
    'names a file without a whole certificate as PEM (-----BEGIN CERTIFICATE-----): put the one there that signed that of your Redis'
  return z.string().transform((path, context) => {
    try {
      const text = readFileSync(path, 'utf8')
      const found = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? []
      if (found.length > 0 && found.every(isCertificate)) return found.join('\n')
      context.addIssue(none)
    } catch {
      context.addIssue('names a file that cannot be read: check its path and permissions')
    }
    return z.NEVER
  })
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

/** `0-3/16`: shards 0 to 3 of 16. */
export function shards() {
  const parts = /^(\d{1,4})-(\d{1,4})\/(\d{1,4})$/
  return z
    .string()
    .transform((value) => {
      const [first = 0, last = -1, total = 0] = (parts.exec(value) ?? []).slice(1).map(Number)
      return { ids: Array.from({ length: last - first + 1 }, (_, index) => first + index), total }
    })
    .refine(
      ({ ids, total }) => (ids.at(-1) ?? total) < total,
      'must look like 0-3/16: this process holds shards 0 to 3 of 16',
    )
}

function flawInPasting(value: string): string | false {
  if (value.includes('\uFEFF')) return 'begins with a byte order mark: save it as UTF-8 without one'
  if (/[\r\n]/.test(value)) return 'contains a line break: paste it again, on one line'
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(value)) return 'has quotation marks around it: remove them'
  // What a password holds of these only has to be encoded.
  if (/[^\x21-\x7E]/.test(value) && !/^rediss?[:+].*@/i.test(value))
    return 'contains a space or another character that does not belong there: paste it again'
  return /\byour-[a-z]/.test(value) && 'still holds the example: put your own value there'
}

function isSafe(url: URL): boolean {
  const isLoopback = /^127(?:\.\d+){3}$|^\[::1\]$/.test(url.hostname)
  return (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)) && !url.username && !url.password
}
