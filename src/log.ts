import { pino, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

/**
 * JSON lines on standard output. Of an error only what cannot hold a secret is written: errors of HTTP
 * libraries carry addresses and bodies, and those of interactions are secrets.
 */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describe } })
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, status } = error as { code?: string | number; status?: number }
  return {
    type: error.name,
    message: withoutTokens(error.message),
    stack: withoutTokens(error.stack ?? ''),
    ...(code !== undefined && { code: String(code) }),
    ...(status !== undefined && { status }),
    ...(error.cause !== undefined && { cause: describe(error.cause) }),
    ...(error instanceof SuppressedError && {
      error: describe(error.error),
      suppressed: describe(error.suppressed),
    }),
  }
}

/** Whatever is long and looks random is somebody's secret until proven otherwise. */
function withoutTokens(text: string): string {
  return text.replace(/[\w~+=.-]{40,}/g, (found) =>
    /\d/.test(found) && !found.includes('node_modules') ? '[hidden]' : found,
  )
}
