import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { runConcurrently } from '../../src/concurrency.ts'
import { createIndexCache } from '../../src/library/index-cache.ts'
import { encodeIndex } from '../../src/library/index-format.ts'
import { createIndexStore } from '../../src/library/index-store.ts'
import { longestPause, type Pause } from '../../tools/bounds/measure.ts'
import type { Time } from '../clock.ts'
import { searchWhole } from '../library.ts'
import { atMost, exactly, figure, type Report, type Row } from '../report.ts'
import { createListeners } from './people.ts'
import { startProgram } from './program.ts'

const hour = 3_600_000
const loads = 9
const crowd = 500
const single = 20
const mostPause = 15
const mostPauseOfMany = 50

/** What it takes to keep the index of a library: room, time, and turns of the event loop. */
export async function measureKept(time: Time): Promise<Report[]> {
  return [await keepOne(10_000, 50, 450), await keepOne(40_000, 200), await endMany(time)]
}

/** @param mostTime to load it, in milliseconds; `mostBytes` in kB */
async function keepOne(songs: number, mostTime: number, mostBytes?: number): Promise<Report> {
  const { program, person, link, bytes } = await readWhole(songs)
  const { accounts } = program.app
  const loading: Pause[] = []
  const saving: Pause[] = []
  const times: number[] = []
  const found: number[] = []
  for (let run = 0; run < loads; run += 1) {
    const stored = createIndexStore(accounts.libraryIndexes, 24)
    const indexes = createIndexCache(accounts, Date.now, undefined, undefined, stored)
    const begun = performance.now()
    let loadedAt = 0
    const load = async (): Promise<void> => {
      await indexes.open(person, link)
      loadedAt = performance.now()
    }
    loading.push(await longestPause(load))
    times.push(loadedAt - begun)
    const index = await indexes.open(person, link)
    found.push(index.read)
    const save = async (): Promise<void> =>
      accounts.libraryIndexes.write(person, link, await encodeIndex(index), 24 * hour)
    saving.push(await longestPause(save))
  }
  await program.close()
  const size = bytes.length / 1000
  return {
    title: `The kept index of ${songs.toLocaleString('en-US')} songs, embedded store`,
    rows: [
      mostBytes === undefined ? figure('in the store', size, 'kB') : atMost('in the store', size, mostBytes, 'kB'),
      atMost('loading it', times, mostTime, 'ms'),
      ...pause('longest pause of the event loop meanwhile', loading, mostPause),
      ...pause('longest pause while it is saved', saving, mostPause),
      exactly('songs in hand', found, songs),
    ],
  }
}

/** All unlink, one right after the other; and the indexes of as many end at the same moment. */
async function endMany(time: Time): Promise<Report> {
  const { program, person, bytes } = await readWhole(10_000)
  const { accounts } = program.app
  const people = Array.from({ length: crowd }, (_, number) => `${700_000_000_000_000_000n + BigInt(number)}`)
  const linkAll = async (ttl?: number): Promise<void> => {
    await runConcurrently(people, 8, async (one) => {
      await program.link(person, one)
      if (ttl !== undefined) await accounts.libraryIndexes.write(one, await accounts.get(one), bytes, ttl)
    })
  }
  const files = async () => (await readdir(join(program.directory, 'libraries'))).length
  const alone: Pause[] = []
  // Each comes in a packet of its own.
  const unlinkAll = (some: readonly string[]): Promise<Pause> =>
    longestPause(async () => {
      const all: Promise<unknown>[] = []
      for (const one of some) {
        all.push(accounts.unlink(one))
        await turn()
      }
      await Promise.all(all)
    })
  await accounts.unlink(person)
  await linkAll()
  const without = await unlinkAll(people)
  await linkAll(24 * hour)
  const kept = await files()
  for (const one of people.slice(0, single)) alone.push(await longestPause(() => accounts.unlink(one)))
  const unlinking = await unlinkAll(people.slice(single))
  const afterUnlinking = await files()

  await linkAll(hour)
  const begun = process.hrtime.bigint()
  time.pass(2 * hour)
  const atOnce = Number(process.hrtime.bigint() - begun) / 1e6
  const afterwards = await longestPause(async () => {
    for (let tries = 0; tries < 300 && (await files()) > 0; tries += 1) await sleep(100)
  })
  const expiry = { ...afterwards, passed: Math.max(atOnce, afterwards.passed) }
  const afterExpiry = await files()
  await program.close()
  return {
    title: `The indexes of ${crowd} people with 10,000 songs end together, embedded store`,
    rows: [
      exactly('files', kept, crowd),
      ...pause(`longest pause while one of them unlinks, ${single} times`, alone, mostPauseOfMany),
      ...pause('longest pause while all others unlink, one right after the other', [unlinking], mostPauseOfMany),
      figure('the same of people without an index', without.passed, 'ms'),
      exactly('files that are left', afterUnlinking, 0),
      ...pause('longest pause while what has expired is removed', [expiry], mostPauseOfMany),
      exactly('files that are left of those', afterExpiry, 0),
    ],
  }
}

function pause(name: string, pauses: readonly Pause[], most: number): Row[] {
  const passed = Math.max(...pauses.map((one) => one.passed))
  const worked = Math.max(...pauses.map((one) => one.worked))
  return [atMost(name, passed, most, 'ms'), figure('  of that, processor time of its thread at most', worked, 'ms')]
}

/** Somebody whose library has been read and kept. */
async function readWhole(songs: number) {
  const { account } = createListeners()(`listener-${songs}`, songs)
  const { id: person } = account
  const program = await startProgram([account], { LIBRARY_CACHE_HOURS: '24', SPOTIFY_DAILY_REQUESTS: '1000000' })
  const { accounts, library } = program.app
  await program.link(person)
  await searchWhole(library, person)
  await program.settles()
  const link = await accounts.get(person)
  const bytes = await accounts.libraryIndexes.read(person, link)
  if (!bytes) throw new Error('No index was kept')
  return { program, person, link, bytes }
}
