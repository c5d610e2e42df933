import PQueue from 'p-queue'

/**
 * Works through the items in order, so many at once. After a failure no more are begun; rejects with it when those
 * under way have ended.
 */
export async function runConcurrently<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency })
  queue.addEventListener('error', () => queue.clear())
  const all = items.map((item) => queue.add(() => work(item)))
  await Promise.allSettled(all)
  // What was cleared comes after what has failed.
  await Promise.all(all)
}
