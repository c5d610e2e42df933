import { pino, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

/**
 * JSON lines on standard output. Of an error only what cannot hold a secret is written: errors of HTTP
 * libraries carry addresses and bodies, and those of interactions are secrets. Where `isOfFarSide` says that the
 * far side has failed, code, message and causes say it all, and there is no stack.
 */
export function createLog(level: string, isOfFarSide: (error: Error) => boolean = () => false): Log {
  const err = (error: unknown): unknown => describe(error, isOfFarSide)
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err } })
}

function describe(error: unknown, isOfFarSide: (error: Error) => boolean): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, status } = error as { code?: string | number; status?: number }
  const isFarSide = isOfFarSide(error)
  const inner = (one: unknown): unknown => describe(one, isFarSide ? () => true : isOfFarSide)
  return {
    type: error.name,
    message: withoutTokens(error.message),
    ...(!isFarSide && { stack: withoutTokens(error.stack ?? '') }),
    ...(code !== undefined && { code: String(code) }),
    ...(status !== undefined && { status }),
    ...(error.cause !== undefined && { cause: inner(error.cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(inner) }),
    ...(error instanceof SuppressedError && { error: inner(error.error), suppressed: inner(error.suppressed) }),
  }
}

/** Whatever is long and looks random is somebody's secret until proven otherwise. */
function withoutTokens(text: string): string {
  return text.replace(/[\w~+=.-]{40,}/g, (found) =>
    /\d/.test(found) && !found.includes('node_modules') ? '[hidden]' : found,
  )
}
