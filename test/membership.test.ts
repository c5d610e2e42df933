import { describe, expect, test } from 'vitest'
import { createMembership } from '../src/access.ts'

const [ana, server] = ['175928847299117063', '197038439483310086']
const hour = 60 * 60 * 1000
const begin = 1_000_000

/** Discord's word, how often it was asked for, and what was ended. */
function openMembership(says: boolean | undefined) {
  const state = { says, asked: 0, ended: [] as string[], now: begin }
  const isMember = async () => {
    state.asked += 1
    return state.says
  }
  const end = async (person: string) => void state.ended.push(person)
  return { ...createMembership({ isMember }, end, () => state.now), state }
}

describe('whether Ana has left', () => {
  test.each([
    ['Discord says that she is a member', true, false],
    ['Discord says that she is none', false, true],
    ['Discord says nothing', undefined, false],
  ])('where nothing is known, %s', async (_, says, isGone) => {
    const { isGone: ask, state } = openMembership(says)
    expect(await ask(ana, server)).toBe(isGone)
    expect(state.ended).toEqual(isGone ? [ana] : [])
  })

  test('what Discord has said holds for an hour', async () => {
    const { isGone, state } = openMembership(true)
    await isGone(ana, server)
    state.says = false
    state.now = begin + hour - 1
    expect(await isGone(ana, server)).toBe(false)
    expect(state.asked).toBe(1)
    state.now = begin + hour + 1
    expect(await isGone(ana, server)).toBe(true)
    expect(state.ended).toEqual([ana])
  })

  test('what it does not say is asked again after a minute, and does not undo what it said before', async () => {
    const { isGone, endDeparted, state } = openMembership(undefined)
    for (const now of [0, 59_000, 61_000]) {
      state.now = begin + now
      expect(await isGone(ana, server)).toBe(false)
    }
    expect(state.asked).toBe(2)
    state.says = false
    await endDeparted(server, [ana], 'at once')
    state.says = undefined
    await endDeparted(server, [ana], 'at once')
    expect(await isGone(ana, server)).toBe(true)
  })

  test('an interaction without her refuses her songs at once, and ends nothing unless Discord says so too', async () => {
    const { isGone, state } = openMembership(undefined)
    expect(await isGone(ana, server, { isMember: false })).toBe(true)
    expect(await isGone(ana, server)).toBe(true)
    expect(state.ended).toEqual([])
    expect(await isGone(ana, server, { isMember: true })).toBe(false)
    expect(await isGone(ana, server)).toBe(false)
  })

  test('who does something in the server is in it', async () => {
    const { isGone, saw, state } = openMembership(false)
    expect(await isGone(ana, server)).toBe(true)
    saw(ana, server)
    expect(await isGone(ana, server)).toBe(false)
    expect(state.asked).toBe(1)
  })

  test('what opens a modal does not wait for Discord, and the submission of that modal knows', async () => {
    const { isGone } = openMembership(false)
    expect(await isGone(ana, server, { isHurried: true })).toBe(false)
    expect(await isGone(ana, server)).toBe(true)
  })

  test('many presses at once ask Discord once', async () => {
    const { isGone, state } = openMembership(true)
    await Promise.all(Array.from({ length: 20 }, () => isGone(ana, server)))
    expect(state.asked).toBe(1)
  })
})
