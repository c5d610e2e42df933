/** Errors that nobody caught while the work ran: each would have ended the program or been a stack in its log. */
export async function uncaughtDuring(work: () => Promise<unknown>): Promise<unknown[]> {
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtException', note).on('unhandledRejection', note)
  try {
    await work()
  } finally {
    process.off('uncaughtException', note).off('unhandledRejection', note)
  }
  return uncaught
}
