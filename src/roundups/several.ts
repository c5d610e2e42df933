import { setImmediate as othersTurn } from 'node:timers/promises'

// What is read at once of those that are in it, as savers of songs and as songs.
const mostSavers = 20_000
const mostSongs = 5_000
const peopleInTurn = 50

/**
 * The songs that several people saved; of each person the numbers of their songs and when they were saved, in turn.
 * By sorting columns of numbers, since objects would take ten times the memory, and the time of everybody else.
 */
export async function findSeveral(people: readonly Float64Array[]) {
  const all = new Float64Array(people.reduce((sum, own) => sum + own.length / 2, 0))
  let at = 0
  for (const own of people) for (let index = 0; index < own.length; index += 2) all[at++] = own[index] ?? NaN
  const sorted = all.toSorted()
  await othersTurn()
  const numbers = sorted.filter((number, index) => number === sorted[index + 1] && number !== sorted[index - 1])
  const places = new Map<number, number>()
  for (const [place, number] of numbers.entries()) places.set(number, place)
  await othersTurn()
  const [latest, first] = [new Float64Array(numbers.length), new Float64Array(numbers.length)]
  const widths = new Uint32Array(numbers.length)
  for (const [person, own] of people.entries()) {
    forEachIn(own, (number, time) => {
      const place = places.get(number)
      if (place === undefined) return
      if (widths[place] === 0) first[place] = person
      latest[place] = Math.max(latest[place] ?? 0, time)
      widths[place] = (widths[place] ?? 0) + 1
    })
    if (person % peopleInTurn === 0) await othersTurn()
  }
  const value = (column: Float64Array, place: number): number => column[place] ?? 0
  const order = Uint32Array.from(numbers.keys()).toSorted(
    (a, b) => value(latest, b) - value(latest, a) || value(first, a) - value(first, b),
  )
  await othersTurn()

  return {
    /** By how many each was saved, the one that was saved last first. */
    widths: order.map((place) => widths[place] ?? 0),
    has: (number: number): boolean => places.has(number),
    /** How many of a person's songs are none of them, and when the last of those was saved. */
    without(own: Float64Array): [count: number, latest: number] {
      let [count, last] = [0, 0]
      forEachIn(own, (number, time) => {
        if (places.has(number)) return
        count += 1
        last = Math.max(last, time)
      })
      return [count, last]
    },
    /** Their numbers in the same order, so many at once that what is known of them fits into memory. */
    *batches(): Generator<number[]> {
      let batch: number[] = []
      let savers = 0
      for (const place of order) {
        batch.push(value(numbers, place))
        savers += widths[place] ?? 0
        if (savers < mostSavers && batch.length < mostSongs) continue
        yield batch
        batch = []
        savers = 0
      }
      if (batch.length > 0) yield batch
    },
  }
}

function forEachIn(own: Float64Array, work: (number: number, time: number) => void): void {
  for (let index = 0; index < own.length; index += 2) work(own[index] ?? NaN, own[index + 1] ?? 0)
}
