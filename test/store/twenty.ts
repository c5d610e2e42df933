/** Twenty callers at once. */
export function twenty<T>(call: (caller: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: 20 }, (_, caller) => call(caller)))
}
