import { NamedError } from '../errors.ts'

/** The answer did not come in time. It may still come, and what was asked may still be done. */
export class LateError extends NamedError {}

// When this process itself was busy or stopped, the answer is there and only has to be read: it gets this long, in ms.
const grace = 100

/** The work, or LateError after `ms` milliseconds. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new LateError(`No answer within ${ms} ms.`))
    timer = setTimeout(() => (timer = setTimeout(giveUp, grace)), ms - grace)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
