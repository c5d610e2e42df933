import type { World } from './world.ts'

/** An answer that a test has asked to fail. With `lost` the request takes effect first. */
export interface Fault {
  readonly match: RegExp
  readonly lost: boolean
  /** Undefined: the connection is cut. */
  readonly status: number | undefined
  readonly body: unknown
  times: number
}

/** The fault for this request, used up once. `match` is tried on the path and on "METHOD path". */
export function takeFault(world: World, method: string, path: string): Fault | undefined {
  const index = world.faults.findIndex(({ match }) => path.search(match) >= 0 || `${method} ${path}`.search(match) >= 0)
  const fault = world.faults[index]
  if (fault && --fault.times <= 0) world.faults.splice(index, 1)
  return fault
}
