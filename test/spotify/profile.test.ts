import { describe, expect, test } from 'vitest'
import { parseProfile } from '../../src/spotify/parse.ts'

describe('SP-108 a display name', () => {
  test.each([
    ['null', null, 'ana'],
    ['empty', '', 'ana'],
    ['of spaces', '   ', 'ana'],
    ['that nobody can see', '\u200B\u2060\u202E\u00AD', 'ana'],
    ['a number', 7, 'ana'],
    ['<img onerror>', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['from right to left', 'שלום', 'שלום'],
    ['of one emoji', '🎷', '🎷'],
    ['of 500 emoji', '🎷'.repeat(500), '🎷'.repeat(200)],
  ])('%s', (_, name, shown) => {
    expect(parseProfile({ id: 'ana', display_name: name })).toEqual({ id: 'ana', accountId: undefined, name: shown })
  })

  test.each([
    ['null', null],
    ['empty', ''],
    ['a number', 7],
    ['absent', undefined],
  ])('with an id that is %s it is no profile', (_, id) => {
    expect(() => parseProfile({ id, display_name: 'Ana' })).toThrow('The answer to GET /me is not a profile')
  })

  test('the immutable account_id is kept beside the id where there is one', () => {
    expect(parseProfile({ id: 'ana', account_id: 'acc1', display_name: 'Ana' })).toMatchObject({
      id: 'ana',
      accountId: 'acc1',
    })
    expect(parseProfile({ id: 'ana', account_id: null, display_name: 'Ana' }).accountId).toBeUndefined()
  })
})
