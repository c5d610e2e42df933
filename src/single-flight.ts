/** Runs work, unless work of the same key is under way: then the caller gets the result of that. */
export type SingleFlight<Value, Key = string> = (key: Key, work: () => Promise<Value>) => Promise<Value>

export function createSingleFlight<Value, Key = string>(): SingleFlight<Value, Key> {
  const underWay = new Map<Key, Promise<Value>>()
  return (key, work) => {
    const running = underWay.get(key) ?? work().finally(() => underWay.delete(key))
    underWay.set(key, running)
    return running
  }
}
