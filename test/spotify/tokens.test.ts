import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScriptedAnswer } from '../../sandbox/spotify/spotify.ts'
import { parseTokenResponse } from '../../src/spotify/oauth.ts'
import { asked, startLinkFixture, told, type LinkFixture } from './link-fixture.ts'

const good = { access_token: 'BQgood', token_type: 'Bearer', expires_in: 3600, scope: 'user-library-read' }

let fixture: LinkFixture
beforeAll(async () => (fixture = await startLinkFixture()))
afterAll(() => fixture.close())

describe('a token answer that makes no sense links nobody and unlinks nobody', () => {
  const nonsense: [string, ScriptedAnswer][] = [
    ['TK-63 half an object', { body: '{"' }],
    ['TK-64 null', { body: 'null' }],
    ['TK-65 a list', { body: '[]' }],
    ['TK-66 a string', { body: '"str"' }],
    ['TK-67 HTML with 200', { headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><p>Welcome' }],
    ['TK-68 gzip that is none', { headers: { 'Content-Encoding': 'gzip' }, body: Buffer.from('{"access_token"') }],
    [
      'TK-68 gzip cut short',
      { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(JSON.stringify(good)).subarray(0, 30) },
    ],
    ['TK-68 gzip of 200 MB', { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(Buffer.alloc(2e8, ' ')) }],
    ['TK-69 204', { status: 204 }],
    ['TK-69 201 with tokens', { status: 201, body: good }],
    ['TK-70 no access_token', { body: { ...good, access_token: undefined } }],
    ['TK-71 access_token a number', { body: { ...good, access_token: 42 } }],
    ['TK-71 access_token empty', { body: { ...good, access_token: '' } }],
    ['TK-71 access_token of 8 KB', { body: { ...good, access_token: 'B'.repeat(8192) } }],
    ['TK-71 access_token with a newline', { body: { ...good, access_token: 'BQ\r\nX-Forged: 1' } }],
    ['TK-71 access_token in Greek', { body: { ...good, access_token: 'ΒΟ' } }],
    ['TK-72 token_type missing', { body: { ...good, token_type: undefined } }],
    ['TK-72 token_type mac', { body: { ...good, token_type: 'mac' } }],
    ['TK-76 only __proto__', { body: `{"__proto__":${JSON.stringify(good)}}` }],
    [
      'TK-76 access_token twice, the last one null',
      { body: '{"access_token":"BQ","token_type":"Bearer","access_token":null}' },
    ],
    ['TK-77 5 MB', { body: { ...good, padding: 'x'.repeat(5e6) } }],
    ['TK-80 400 that is not JSON', { status: 400, body: 'Bad Request' }],
    ['TK-80 400 with null', { status: 400, body: 'null' }],
    [
      'TK-80 400 with an object for an error',
      { status: 400, body: { error: { status: 400, message: 'invalid_grant' } } },
    ],
    [
      'TK-80 400 of another kind',
      { status: 400, body: { error: 'invalid_request', error_description: '<b>invalid_grant</b>' } },
    ],
    ['TK-81 401 invalid_client', { status: 401, body: { error: 'invalid_client' } }],
    ['TK-83 500', { status: 500, body: { error: 'server_error' } }],
    ['TK-83 502', { status: 502, body: '<html>Bad gateway' }],
    ['TK-83 503', { status: 503 }],
    ['TK-83 504', { status: 504, body: 'upstream request timeout' }],
    ['TK-83 500 that says invalid_grant', { status: 500, body: { error: 'invalid_grant' } }],
    ['TK-86 cut after the request', { fault: 'reset' }],
  ]

  test.each(nonsense)('%s', async (_, answer) => {
    const newcomer = fixture.stranger()
    fixture.spotify.script(asked, answer)
    expectSentence(await told(fixture.connects(newcomer)))
    expect(await fixture.store.get('links', newcomer)).toBeUndefined()

    const member = await fixture.member()
    const before = await fixture.store.get('links', member)
    fixture.spotify.script(asked, answer)
    expectSentence(await told(fixture.connects(member)))
    expect(await fixture.store.get('links', member)).toEqual(before)

    const program = fixture.startProgram()
    fixture.spotify.script(asked, answer)
    expectSentence(await told(program.shows(member)))
    expect(await fixture.store.get('links', member)).toEqual(before)
    expect((await program.shows(member)).songs).toHaveLength(42)
  })
})

describe('TK-73 how long an access token lasts', () => {
  const minutes: [string, unknown, number][] = [
    ['missing', undefined, 60],
    ['"3600"', '3600', 60],
    ['"soon"', 'soon', 60],
    ['null', null, 60],
    ['0', 0, 60],
    ['-1', -1, 60],
    ['[]', [], 60],
    ['true', true, 60],
    ['[600]', [600], 60],
    ['"0x10"', '0x10', 60],
    ['"1e9"', '1e9', 60],
    ['" 600 "', ' 600 ', 60],
    ['"600"', '600', 10],
    ['600', 600, 10],
    ['1e12', 1e12, 24 * 60],
    ['1e400', Infinity, 60],
  ]
  test.each(minutes)('%s', (_, seconds, expected) => {
    const now = 1_790_000_000_000
    const { access } = parseTokenResponse({ ...good, expires_in: seconds }, now)
    expect(access).toEqual({ token: 'BQgood', expiresAt: now + expected * 60_000 })
  })
})

describe('TK-74 a refresh token beside an answer', () => {
  test.each([
    ['null', null],
    ['empty', ''],
    ['absent', undefined],
    ['a number', 7],
    ['with a newline', 'AQ\nAQ'],
    ['of 8 KB', 'A'.repeat(8192)],
  ])('%s: linking fails, a refresh works and keeps the one that is there', async (_, refreshToken) => {
    const newcomer = fixture.stranger()
    fixture.spotify.script(asked, { body: { ...good, refresh_token: refreshToken } })
    expectSentence(await told(fixture.connects(newcomer)))
    expect(await fixture.store.get('links', newcomer)).toBeUndefined()

    const member = await fixture.member()
    const before = await fixture.keptToken(member)
    fixture.spotify.script(asked, { body: { ...good, refresh_token: refreshToken } })
    // The sandbox does not know the made-up access token, so a second refresh follows.
    expect((await fixture.startProgram().shows(member)).songs).toHaveLength(42)
    expect(await fixture.keptToken(member)).toBe(before)
  })

  test('the same one: nothing is written', async () => {
    const member = await fixture.member()
    const before = await fixture.store.get('links', member)
    fixture.spotify.script(asked, { body: { ...good, refresh_token: await fixture.keptToken(member) } })
    await fixture.startProgram().shows(member)
    expect(await fixture.store.get('links', member)).toEqual(before)
  })

  test('a new one is used from then on', async () => {
    const member = await fixture.member()
    const before = await fixture.keptToken(member)
    fixture.spotify.rotation = true
    for (let start = 1; start <= 3; start += 1)
      expect((await fixture.startProgram().shows(member)).songs).toHaveLength(42)
    fixture.spotify.rotation = false
    expect(await fixture.keptToken(member)).not.toBe(before)
  })

  test.each([
    ['no access_token', { access_token: undefined }],
    ['an access_token that is a number', { access_token: 1 }],
    ['no token_type', { token_type: undefined }],
    ['expires_in "soon" and scope 7', { access_token: '', expires_in: 'soon', scope: 7 }],
  ])('a new one is stored beside %s', async (_, odd) => {
    const member = await fixture.member()
    fixture.spotify.script(asked, { body: { ...good, ...odd, refresh_token: 'AQrotated' } })
    expectSentence(await told(fixture.startProgram().shows(member)))
    expect(await fixture.keptToken(member)).toBe('AQrotated')
  })
})

describe('TK-75 the scope beside an answer', () => {
  test.each([
    ['null is what was asked for', null, ['user-library-read']],
    ['absent is what was asked for', undefined, ['user-library-read']],
    ['more than was asked for is fine', 'user-library-read user-top-read', ['user-library-read', 'user-top-read']],
  ])('%s', async (_, scope, kept) => {
    const person = fixture.stranger()
    fixture.spotify.script(asked, { body: { ...good, scope, refresh_token: 'AQ' } })
    fixture.spotify.script(/GET \/v1\/me$/, { body: { id: 'ben' } })
    expect((await fixture.connects(person)).scope).toEqual(kept)
  })

  test('less than is needed links nobody, and costs a member nothing at a refresh', async () => {
    const person = fixture.stranger()
    fixture.spotify.script(asked, { body: { ...good, scope: 'user-top-read', refresh_token: 'AQ' } })
    expectSentence(await told(fixture.connects(person)))
    expect(await fixture.store.get('links', person)).toBeUndefined()

    const member = await fixture.member()
    fixture.spotify.script(asked, { body: { ...good, scope: 'user-top-read' } })
    fixture.spotify.script(/GET \/v1\/me\/tracks$/, {
      status: 403,
      body: { error: { message: 'Insufficient client scope' } },
    })
    expectSentence(await told(fixture.startProgram().shows(member)))
    expect((await fixture.startProgram().shows(member)).songs).toHaveLength(42)
  })
})

function expectSentence(sentence: string): void {
  expect(sentence).toMatch(/^[A-Z][^<>{}`]{20,200}\.$/)
  expect(sentence).not.toMatch(/Something went wrong|\/link/)
}
