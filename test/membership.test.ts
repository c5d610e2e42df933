import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createMembership } from '../src/access.ts'
import { stopTime } from './world/stopped-time.ts'

const [ana, ben, server] = ['175928847299117063', '218430562115657728', '197038439483310086']
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

  test('Discord that is silent holds up a press for two seconds, whoever is named on the page', async () => {
    const time = stopTime()
    const { isGone } = createMembership({ isMember: () => new Promise(() => undefined) }, async () => undefined)
    let isShown = false
    const page = Promise.all(crowd(300).map((person) => isGone(person, server))).then((gone) => {
      isShown = true
      return gone
    })
    await time.pass(1_999)
    expect(isShown).toBe(false)
    await time.pass(1)
    expect(new Set(await page)).toEqual(new Set([false]))
  })

  test('eight servers at once ask twenty questions a second, and a press in between has its answer in half a second', async () => {
    const time = stopTime()
    const asked: string[] = []
    const isMember = async (_server: string, person: string) => asked.push(person) > 0
    const { endDeparted, isGone } = createMembership({ isMember }, async () => undefined)
    const all = Array.from({ length: 8 }, (_, index) => endDeparted(`server ${index}`, crowd(50), 'at once'))
    for (let second = 0; second < 3; second += 1) {
      const before = asked.length
      await time.pass(500)
      await time.pass(500)
      expect(asked.length - before).toBeLessThanOrEqual(20)
    }
    expect(asked.length).toBeGreaterThan(40)
    const press = isGone(ana, server)
    await time.pass(500)
    expect(await press).toBe(false)
    expect(asked).toContain(ana)
    for (let passed = 0; passed < 40; passed += 1) await time.pass(500)
    expect(await Promise.all(all)).toEqual(Array(8).fill(true))
    expect(asked).toHaveLength(401)
  })

  test('people count as asked about where Discord has spoken of each of them', async () => {
    const { endDeparted, state } = openMembership(undefined)
    expect(await endDeparted(server, [ana, ben], 'ahead')).toBe(false)
    expect(await endDeparted(server, [ana, ben], 'at once')).toBe(false)
    state.says = true
    expect(await endDeparted(server, [ana, ben], 'ahead')).toBe(true)
  })

  test('the rest are those of whom Discord has not said within half an hour that they are there', async () => {
    const { endDeparted, state } = openMembership(true)
    await endDeparted(server, [ana], 'ahead')
    for (const [minutes, asked] of [
      [20, 2],
      [29, 2],
      [31, 3],
    ] as const) {
      state.now = begin + minutes * 60_000
      expect(await endDeparted(server, [ana, ben], 'the rest at once')).toBe(true)
      expect(state.asked).toBe(asked)
    }
    state.says = false
    await endDeparted(server, [ana], 'at once')
    await endDeparted(server, [ana], 'the rest at once')
    expect(state).toMatchObject({ asked: 5, ended: [ana, ana] })
  })

  test('in a server where half a minute is too short, each time goes on where the one before stopped', async () => {
    const time = stopTime()
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const asked: string[] = []
    const isMember = async (_server: string, person: string) => asked.push(person) > 0
    const { endDeparted } = createMembership(
      { isMember },
      async () => undefined,
      () => begin,
    )
    const people = crowd(700)
    const half = async (): Promise<boolean> => {
      const isDone = endDeparted(server, people, 'the rest at once')
      for (let passed = 0; passed <= 60; passed += 1) {
        vi.advanceTimersByTime(500)
        await time.pass(500)
      }
      return isDone
    }
    const dones = [await half(), await half(), await half()]
    expect(dones.at(0)).toBe(false)
    expect(dones.at(-1)).toBe(true)
    expect(asked.toSorted()).toEqual(people.toSorted())
  })
})

function crowd(size: number): string[] {
  return Array.from({ length: size }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
}
