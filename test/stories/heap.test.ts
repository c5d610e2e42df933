import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'
import { holdSpotify } from '../world/hold.ts'
import { startProgram } from '../world/process.ts'
import { startSandbox } from '../world/sandbox.ts'
import { createPlayer, messageOf, type Player } from '../world/world.ts'

const size = 60

/** The program as a process, in which nothing but itself holds a title; Ana has sixty songs. */
async function start() {
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-heap-'))
  const sandbox = await startSandbox()
  // Before it writes one, V8 collects whatever can go.
  const options = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${directory}`
  const program = await startProgram(sandbox, { NODE_OPTIONS: options })
  onTestFinished(async () => {
    await program.kill()
    await sandbox.close()
    await rm(directory, { recursive: true })
  })
  const ana = createPlayer(sandbox, 'ana')
  ana.spotify.library = ana.spotify.library.slice(0, size).map(({ song, addedAt }, place) => {
    return { addedAt, song: song && { ...song, title: `Zebrafinch ${place} Quagga` } }
  })
  await ana.links()

  /** How many of the titles are anywhere in the program's heap. */
  async function titlesInHeap(): Promise<number> {
    const before = await readdir(directory)
    process.kill(program.pid ?? expect.unreachable(), 'SIGUSR2')
    const snapshot = await program.until('a snapshot of the heap', async () => {
      const file = (await readdir(directory)).find((name) => !before.includes(name))
      const text = file === undefined ? '' : await readFile(join(directory, file), 'latin1')
      return /\]\s*\}\s*$/.test(text) && text
    })
    return new Set(snapshot.match(/Zebrafinch \d+ Quagga/g)).size
  }
  return { ana, spotify: sandbox.spotify, titlesInHeap }
}

async function unlinks(ana: Player): Promise<void> {
  const question = messageOf(await ana.uses('unlink'))
  await ana.presses(question, 'Unlink')
}

test('once Ana has unlinked, none of her songs is in the heap any more, whatever she has looked at', async () => {
  const { ana, titlesInHeap } = await start()
  let page = messageOf(await ana.uses('liked recent'))
  for (let press = 1; press <= 5; press += 1) page = messageOf(await ana.presses(page, 'Next'))
  await ana.presses(page, 'Browse privately')
  await ana.uses('liked search', { query: 'zebrafinch' })
  await ana.uses('liked random')
  await ana.uses('liked when', { date: '2026' })
  await ana.uses('liked recent', { market: 'GB' })
  expect(await titlesInHeap()).toBe(size)
  await unlinks(ana)
  // What is on its way to Discord is let go when it has arrived.
  await expect.poll(titlesInHeap).toBeLessThanOrEqual(1)
})

test('neither is what Spotify sends after that, nor what an earlier connection has read', async () => {
  const { ana, spotify, titlesInHeap } = await start()
  await ana.uses('liked search', { query: 'zebrafinch' })
  await ana.links()
  const letGo = holdSpotify(spotify)
  const late = ana.uses('liked recent', { market: 'GB' })
  const searching = ana.uses('liked search', { query: 'quagga' })
  await expect.poll(() => underWay(spotify)).toBe(2)
  await unlinks(ana)
  letGo()
  await Promise.all([late, searching])
  await expect.poll(() => underWay(spotify)).toBe(0)
  await expect.poll(titlesInHeap).toBeLessThanOrEqual(1)
})

function underWay({ requests }: FakeSpotify): number {
  return requests.filter(({ path, status }) => path.endsWith('/me/tracks') && !status).length
}
