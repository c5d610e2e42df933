import type { Message } from 'discord.js'
import { expect, test } from 'vitest'
import { PageError } from '../../src/linking/page-error.ts'
import { problemPage } from '../../src/linking/pages.ts'
import { authorIn } from '../../src/views/song-list.ts'
import { english } from '../world/english.ts'

test.each([
  ['Ana', 'Ana'],
  ['Ana: liked songs', 'Ana'],
  ['liked songs', 'liked songs'],
])('a list headed "%s", of this release or of 0.1.0, is that of %s', (name, owner) => {
  const message = { embeds: [{ data: { author: { name } } }] } as unknown as Message
  expect(authorIn(message)).toEqual({ name: owner })
})

test('a linking that failed under 0.1.0, which has kept sentences, says why', () => {
  const kept = [403, 'Nothing changed', 'You cancelled on Spotify’s page.', true] as unknown
  const page = problemPage(english, new PageError(...(kept as ConstructorParameters<typeof PageError>)))
  expect(page).toMatch(/<h1>Nothing changed<\/h1>\s*<p>You cancelled on Spotify’s page\.<\/p>/)
})

test('a linking that failed without values, as it comes back from the store, says why', () => {
  const kept = JSON.stringify([410, 'problem.title.over', 'problem.used', undefined, false])
  const error = new PageError(...(JSON.parse(kept) as ConstructorParameters<typeof PageError>))
  expect(problemPage(english, error)).toContain(english('problem.used'))
})
