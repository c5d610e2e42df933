/** The program under the sandbox, in the same process: it can be ended and started again while the sandbox goes on. */
export interface ProgramSlot {
  /** Runs it until `ending`, however often it is restarted. Rejects when it does. */
  keepRunning(program: (signal: AbortSignal) => Promise<void>, ending: AbortSignal): Promise<void>
  /** Ends it as SIGTERM would, and has it start again; resolves when it has ended. */
  restart(): Promise<void>
}

export function createProgramSlot(): ProgramSlot {
  let current: { readonly stop: AbortController; readonly over: Promise<void> } | undefined
  return {
    async keepRunning(program, ending) {
      do {
        const stop = new AbortController()
        current = { stop, over: program(AbortSignal.any([ending, stop.signal])) }
        await current.over
      } while (!ending.aborted)
    },
    async restart() {
      current?.stop.abort()
      await current?.over
    },
  }
}
