import { expect, test } from 'vitest'
import type { App } from '../../src/context.ts'
import { roundupNow } from '../../src/views/roundup-messages.ts'
import { ana, channel, createRoundupsFixture, server } from './roundups-fixture.ts'
import { createLanguages } from '../../src/i18n.ts'
import { english } from '../world/english.ts'

test('a store that is away when the page has been sent is asked again, so Ana’s songs can leave it', async () => {
  const roundups = await createRoundupsFixture().opens()
  const tries: string[] = []
  const recordMessage: typeof roundups.recordMessage = async (_page, { message }) => {
    if (tries.push(message) === 1) throw new Error('The store is away')
  }
  const app = { languages: createLanguages(), roundups: { ...roundups, recordMessage } } as unknown as App
  const reply = await roundupNow(app, ana, server, 7, false, english)
  if ('onSent' in reply) await reply.onSent?.({ channel, message: 'the page' })
  expect(tries).toEqual(['the page', 'the page'])
})
