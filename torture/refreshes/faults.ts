/** What a provider does to one request. `worked`: whether it has done its work, so that an answer is owed. */
export interface Fault {
  readonly name: string
  readonly worked: boolean
  readonly how: 'cut' | 'error' | 'garbage' | 'half' | 'silence'
}

/** A thousand requests meet so many of each. Silence lasts until the client gives up, so there is little of it. */
const perThousand: readonly (readonly [number, Fault])[] = [
  [10, { name: 'connection cut before the work', worked: false, how: 'cut' }],
  [10, { name: '503 before the work', worked: false, how: 'error' }],
  [8, { name: 'garbage and no work', worked: false, how: 'garbage' }],
  [0.1, { name: 'silence and no work', worked: false, how: 'silence' }],
  [10, { name: 'connection cut after the work', worked: true, how: 'cut' }],
  [6, { name: '502 after the work', worked: true, how: 'error' }],
  [6, { name: 'garbage after the work', worked: true, how: 'garbage' }],
  [6, { name: 'half an answer', worked: true, how: 'half' }],
  [0.1, { name: 'silence after the work', worked: true, how: 'silence' }],
]

/**
 * Draws a fault, or none, for each request. `leastPause`, in milliseconds, keeps the losses of a strict rotation so
 * far apart that they look like people, not like a provider that refuses everybody.
 */
export function drawFaults(leastPause: number): () => Fault | undefined {
  let lastOwed = -Infinity
  return () => {
    let number = Math.random() * 1000
    const fault = perThousand.find(([share]) => (number -= share) < 0)?.[1]
    if (!fault?.worked) return fault
    const now = performance.now()
    if (now - lastOwed < leastPause) return undefined
    lastOwed = now
    return fault
  }
}

/** Milliseconds until the work is done; one request in fifty waits for long. */
export function drawDelay(): number {
  return Math.random() < 0.02 ? 200 + Math.random() * 1300 : Math.random() * 8
}
