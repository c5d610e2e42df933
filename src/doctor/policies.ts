import type { Config } from '../config.ts'
import { unreachable } from '../connection-messages.ts'
import type { Http } from '../http.ts'
import { ask, note, ok, type Asked, type Finding } from './finding.ts'

/** Whom people are told to be responsible, and what the operator has published elsewhere. */
export async function checkPolicies(config: Config, http: Http): Promise<Finding[]> {
  const { operator, policies, logoUrl, web } = config
  const { privacy, terms } = policies
  const all = [
    ['PRIVACY_URL', privacy, '/privacy'],
    ['TERMS_URL', terms, '/terms'],
  ] as const
  const own = all.filter(([, url, path]) => url !== web.publicUrl + path)
  const pages = own.map(async ([name, url]) => published(name, url, await ask(http, url)))
  const picture = logoUrl && ask(http, logoUrl).then((asked) => logo(logoUrl, asked))
  const missing = own.length === 2 ? [] : [...(operator.name ? [] : [nameless]), ...(operator.contact ? [] : [silent])]
  return [...missing, ...(await Promise.all(pages)), (await picture) || logoless]
}

const nameless = note(
  'OPERATOR_NAME',
  'It is not set, so /privacy and /terms name nobody. Spotify’s terms and the law of many countries ask who is responsible: set it to your name, or that of your group.',
)
const silent = note(
  'OPERATOR_CONTACT',
  'It is not set, so /privacy and /terms tell nobody how to reach you. Set it to an email address, or to an https address where people can write to you.',
)
const logoless = note(
  'SPOTIFY_LOGO_URL',
  'It is not set, so lists of songs name Spotify without its icon, which Spotify’s guidelines ask for. Get the icon at developer.spotify.com/documentation/design, put it on the web as a PNG, and set its address.',
)

function published(name: string, url: string, asked: Asked): Finding {
  if (asked.silent) return note(name, `${unreachable(url, asked.silent)} People are sent there from every link page.`)
  if (asked.status < 400) return ok(name, `${url} answers.`)
  return note(name, `${url} answers ${asked.status}. People are sent there from every link page: open it in a browser.`)
}

function logo(url: string, asked: Asked): Finding {
  const name = 'SPOTIFY_LOGO_URL'
  if (asked.silent) return note(name, `${unreachable(url, asked.silent)} Discord has to fetch the picture there.`)
  if (asked.status !== 200)
    return note(name, `${url} answers ${asked.status}. Discord has to find the picture right there, without redirects.`)
  if (/^\s*</.test(asked.text)) return note(name, `${url} is a page or an SVG. Discord shows a PNG there.`)
  return ok(name, `${url} answers.`)
}
