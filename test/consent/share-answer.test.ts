import { expect, test } from 'vitest'
import type { ComponentInteraction } from '../../src/command.ts'
import type { App } from '../../src/context.ts'
import type { Question } from '../../src/questions.ts'
import { answerQuestion } from '../../src/views/share-answer.ts'
import { english } from '../world/english.ts'

const question: Question = { asker: '1', person: '2', server: '3' }

test('an answer is noted although its message never arrives', async () => {
  const steps: string[] = []
  const note = (step: string) => async () => void steps.push(step)
  const app = {
    languages: { memo: () => english },
    questions: { refuse: note('refused'), answer: note('answered'), messageOf: note('told') },
  } as unknown as App
  const pressed = { channelId: '4', locale: 'en-US' } as unknown as ComponentInteraction
  const reply = await answerQuestion(pressed, 'no', question, app, english)
  expect(steps).toEqual(['refused', 'answered'])
  if (reply.kind !== 'update') throw new Error('It is no update')
  await reply.onSent?.({ channel: '4', message: '5' })
  expect(steps).toEqual(['refused', 'answered', 'told'])
})
