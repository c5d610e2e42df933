import { randomUUID } from 'node:crypto'
import { lstat, mkdir, opendir, readFile, rename, statfs, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkName, StoreFullError, StoreUnavailableError, wholeMs, type Store } from './store.ts'
import { LateError, within } from './within.ts'

export type ByteMethod = `${'get' | 'set' | 'touch' | 'delete' | 'stat'}Bytes`

/** The part of the store for large values: a file for each, whose time of modification says when it ends. */
export function openByteFiles(directory: string, { patience = 1_500, most = 2 ** 30, leaveFree = 64 * 2 ** 20 } = {}) {
  // It may be a link to a directory elsewhere, as an operator makes it for another disk.
  const folder = join(directory, 'libraries')
  const run = randomUUID()
  let count = 0
  /** By name; of a process that has just begun, those that it has come across. */
  const known = new Map<string, { readonly bytes: number; readonly until: number }>()
  let total = 0
  const turns = new Map<string, Promise<unknown>>()
  let isListed = false
  let sweeping: Promise<void> | undefined
  let yielding: Promise<void> | undefined
  let closed = false

  const operations: Pick<Store, ByteMethod> = {
    getBytes: (name) => ask(name, async () => ((await alive(name)) ? readFile(at(name)).catch(absent) : undefined)),
    setBytes: (name, bytes, ttl) => ask(name, () => write(name, bytes, Date.now() + wholeMs(ttl))),
    touchBytes: (name, ttl) =>
      ask(name, async () => {
        const found = await alive(name)
        if (!found) return false
        const until = Date.now() + wholeMs(ttl)
        await utimes(at(name), until / 1000, until / 1000)
        keep(name, { ...found, until })
        return true
      }),
    deleteBytes: (name) => ask(name, async () => ((await remove(name))?.until ?? 0) > Date.now()),
    statBytes: (name) => ask(name, () => alive(name)),
  }
  return { operations, sweep, giveRoom, close }

  function at(name: string): string {
    return join(folder, name + ending)
  }

  async function ask<T>(name: string, work: () => Promise<T>): Promise<T> {
    checkName(name)
    if (closed) throw new StoreUnavailableError('The store is closed.')
    return within(patience, inTurn(name, work)).catch((cause: unknown) => {
      throw cause instanceof StoreUnavailableError ? cause : failure(folder, cause)
    })
  }

  /** One thing after the other is done with a file: what removes an old one would take a new one with it. */
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(name) ?? Promise.resolve()).then(work)
    const over: Promise<unknown> = turn.then(ignore, ignore).then(() => turns.get(name) === over && turns.delete(name))
    turns.set(name, over)
    return turn
  }

  /** What is there, also when it is over. What is no plain file is none of ours. */
  async function look(name: string) {
    const stats = await lstat(at(name)).catch(absent)
    const found = stats?.isFile() ? { bytes: stats.size, until: Math.round(stats.mtimeMs) } : undefined
    keep(name, found)
    return found
  }

  async function alive(name: string) {
    const found = await look(name)
    return found && !isOver(found.until) ? found : undefined
  }

  function keep(name: string, found: { readonly bytes: number; readonly until: number } | undefined): void {
    total += roomOf(found) - roomOf(known.get(name))
    if (found) known.set(name, found)
    else known.delete(name)
  }

  async function write(name: string, bytes: Uint8Array, until: number): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Some file systems say nothing.
    const { blocks, bavail, bsize } = await statfs(folder)
    if (blocks > 0 && bavail * bsize - bytes.byteLength < leaveFree) throw new StoreFullError(`${folder} ${noRoom}`)
    const before = await look(name)
    const now = { bytes: bytes.byteLength, until }
    if (roomOf(now) > most) throw new StoreFullError(`${folder} ${holdsAll}`)
    const temporary = join(folder, `${run}-${(count += 1)}.tmp`)
    try {
      // Before it is there, so that what is written at the same time leaves this room.
      keep(name, now)
      await evict()
      // Without waiting for the disk: a reader sees when they are torn.
      await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 })
      await utimes(temporary, until / 1000, until / 1000)
      await rename(temporary, at(name))
    } catch (error) {
      keep(name, before)
      await unlink(temporary).catch(ignore)
      throw error
    }
  }

  /** Those with the nearest end go, until no more than so many bytes are left. */
  async function evict(left = most): Promise<void> {
    if (total <= left) return
    for (const [name, { until }] of [...known].toSorted(([, one], [, other]) => one.until - other.until)) {
      // Waiting for one that another call has in hand might be waiting for one another.
      if (!turns.has(name) && known.get(name)?.until === until) await inTurn(name, () => remove(name))
      if (total <= left) return
    }
    throw new StoreFullError(`${folder} ${holdsAll}`)
  }

  async function remove(name: string, only: 'those that are over' | 'any' = 'any') {
    const found = await look(name)
    if (!found || (only !== 'any' && !isOver(found.until))) return undefined
    await unlink(at(name)).catch(absent)
    keep(name, undefined)
    return found
  }

  /** Gives some room to others on a disk that is full. Never rejects. */
  function giveRoom(): Promise<void> {
    return (yielding ??= (isListed ? Promise.resolve() : list())
      .then(() => evict(Math.max(0, total - leaveFree)))
      .catch(ignore)
      .finally(() => (yielding = undefined)))
  }

  /** Removes what is over, one after the other. Never rejects: what is left is invisible, and for the next time. */
  function sweep(): Promise<void> {
    return (sweeping ??= removeWhatIsOver()
      .catch(ignore)
      .finally(() => (sweeping = undefined)))
  }

  async function removeWhatIsOver(): Promise<void> {
    if (!isListed) await list()
    for (const [name, { until }] of known)
      if (isOver(until)) await inTurn(name, () => remove(name, 'those that are over')).catch(ignore)
    await evict()
  }

  /** Gets to know what earlier processes have left, and removes what they did not finish. */
  async function list(): Promise<void> {
    const entries = await opendir(folder).catch(absent)
    for await (const { name } of entries ?? []) {
      if (unfinished.test(name) && !name.startsWith(run)) await unlink(join(folder, name)).catch(ignore)
      const own = ours.exec(name)?.[1]
      if (own) await inTurn(own, () => look(own)).catch(ignore)
    }
    isListed = true
  }

  /** Waits for what is under way, and leaves nothing that is over. Never rejects. */
  async function close(): Promise<void> {
    closed = true
    await within(patience, finish()).catch(ignore)
  }

  async function finish(): Promise<void> {
    await Promise.all([...turns.values(), sweeping, yielding])
    await sweep()
  }
}

const longest = 168 * 3_600_000 + 60_000
const ending = '.bytes'
const ours = /^([\w.:-]{1,200})\.bytes$/
const unfinished = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}-\d+\.tmp$/
const holdsAll = 'holds as much as it may.'
const noRoom = 'takes nothing new, because less than 64 MB of its disk is free. Free some space.'

/** Also of an end that is further away than any may be, as after a clock was set back. */
function isOver(until: number): boolean {
  return until <= Date.now() || until > Date.now() + longest
}

/** What a file takes of the disk. */
function roomOf(file: { readonly bytes: number } | undefined): number {
  return file ? Math.ceil((file.bytes + 1) / 4_096) * 4_096 : 0
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

function ignore(): void {}

function failure(folder: string, cause: unknown): StoreUnavailableError {
  if (cause instanceof LateError) return new StoreUnavailableError(`The disk of ${folder} did not answer in time.`)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    return new StoreFullError(`The disk of ${folder} is full. Free some space.`, { cause })
  const says = `The directory ${folder} is not usable (${code}). Check its owner, its permissions and its disk.`
  return new StoreUnavailableError(says, { cause })
}
