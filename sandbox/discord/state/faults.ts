import type { World } from './world.ts'

/** An answer that a test has asked to fail. With `lost` the request takes effect first. */
export interface Fault {
  readonly match: RegExp
  readonly lost: boolean
  readonly status: number
  readonly body: unknown
  times: number
}

/** Instead of a status: the connection is reset. */
export const cut = 0

/** The fault for this request, used up once. `match` is tried on the path and on "METHOD path". */
export function takeFault(world: World, method: string, path: string): Fault | undefined {
  const index = world.faults.findIndex(({ match }) => path.search(match) >= 0 || `${method} ${path}`.search(match) >= 0)
  const fault = world.faults[index]
  if (fault && --fault.times <= 0) world.faults.splice(index, 1)
  return fault
}
