import PQueue from 'p-queue'

/** In order, so many at once. After a failure no more are begun; rejects with it when those under way have ended. */
export async function runConcurrently<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const queue = new PQueue({ concurrency })
  queue.addEventListener('error', () => queue.clear())
  const all = items.map((item) => queue.add(() => work(item)))
  await Promise.allSettled(all)
  // What was cleared comes after what has failed.
  return Promise.all(all)
}

/** Runs work, unless work of the same key is under way: then the caller gets the result of that. */
export function createSingleFlight<Value, Key = string>() {
  const underWay = new Map<Key, Promise<Value>>()
  return (key: Key, work: () => Promise<Value>): Promise<Value> => {
    const running = underWay.get(key) ?? work().finally(() => underWay.delete(key))
    underWay.set(key, running)
    return running
  }
}

/** Runs all of them, one after the other, whatever fails; rejects with the first failure when all have ended. */
export async function runEach(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/** Runs work of the same key one after the other, whatever becomes of it. */
export function createKeyedQueue() {
  const latest = new Map<string, Promise<unknown>>()
  return async <Value>(key: string, work: () => Promise<Value>): Promise<Value> => {
    const running = (latest.get(key) ?? Promise.resolve()).then(work, work)
    latest.set(key, running)
    try {
      return await running
    } finally {
      if (latest.get(key) === running) latest.delete(key)
    }
  }
}
