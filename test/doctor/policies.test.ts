import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { checkPolicies } from '../../src/doctor/policies.ts'
import { HttpError, type Http } from '../../src/http.ts'
import { complete } from '../world/complete-settings.ts'

const operator = { OPERATOR_NAME: 'Ana', OPERATOR_CONTACT: 'ana@club.example' }
const icon = { SPOTIFY_LOGO_URL: 'https://club.example/icon.png' }
const own = { PRIVACY_URL: 'https://club.example/privacy', TERMS_URL: 'https://club.example/terms' }

const answers =
  (status: number, body = '\u0089PNG'): Http =>
  async () => ({ status, headers: {}, body: Buffer.from(body) })
const away: Http = async () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  throw new HttpError('GET', { cause })
}

const cases: [string, Record<string, string>, Http, [verdict: string, about: string, says: RegExp][]][] = [
  [
    'nothing set',
    {},
    away,
    [
      ['note', 'OPERATOR_NAME', /name nobody.*set it to your name/],
      ['note', 'OPERATOR_CONTACT', /how to reach you.*email address/],
      ['note', 'SPOTIFY_LOGO_URL', /developer\.spotify\.com\/documentation\/design/],
    ],
  ],
  ['everything set', { ...operator, ...icon }, answers(200), [['ok', 'SPOTIFY_LOGO_URL', /answers/]]],
  [
    'pages of the operator’s own, which need no name',
    { ...own, ...icon },
    answers(200),
    [
      ['ok', 'PRIVACY_URL', /^https:\/\/club\.example\/privacy answers/],
      ['ok', 'TERMS_URL', /answers/],
      ['ok', 'SPOTIFY_LOGO_URL', /answers/],
    ],
  ],
  [
    'one page of their own and a contact',
    { PRIVACY_URL: own.PRIVACY_URL, OPERATOR_CONTACT: 'ana@club.example', ...icon },
    answers(404),
    [
      ['note', 'OPERATOR_NAME', /is not set/],
      ['note', 'PRIVACY_URL', /answers 404\./],
      ['note', 'SPOTIFY_LOGO_URL', /answers 404\..*without redirects/],
    ],
  ],
  [
    'a page where the icon should be',
    { ...operator, ...icon },
    answers(200, '\n<!doctype html>'),
    [['note', 'SPOTIFY_LOGO_URL', /is a page or an SVG/]],
  ],
  [
    'nobody at their addresses',
    { ...own, ...icon },
    away,
    [
      ['note', 'PRIVACY_URL', /refuses the connection.*every link page/],
      ['note', 'TERMS_URL', /refuses the connection/],
      ['note', 'SPOTIFY_LOGO_URL', /refuses the connection.*Discord has to fetch/],
    ],
  ],
]

test.each(cases)('%s', async (_, settings, http, expected) => {
  const found = await checkPolicies(readConfig({ ...complete, ...settings }), http)
  expect(found).toEqual(
    expected.map(([verdict, about, says]) => ({ verdict, about, says: expect.stringMatching(says) })),
  )
})
