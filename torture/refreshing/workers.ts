import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Task {
  readonly redisUrl: string
  readonly accountsUrl: string
  readonly people: readonly string[]
  /** Refreshes under way at once. */
  readonly lanes: number
}

/** What a process has done since it last said so. */
export interface Report {
  refreshes: number
  /** Tokens that were somebody else's. */
  mixed: number
  /** By the name of the error. */
  readonly failures: Record<string, number>
  /** People who were told that they are not linked. */
  readonly ended: string[]
}

/** Real processes of the program; one that is killed is replaced. */
export interface Workers {
  /** Those that ended although nobody killed them. */
  crashed: number
  /** SIGKILL, for one of them. */
  kill(): void
  /** SIGSTOP, for longer than a lease lasts. */
  freeze(): Promise<void>
  /** Lets everybody finish what is under way. */
  stop(): Promise<void>
  /** Ends whoever is left. */
  end(): void
}

const longerThanALease = 17_000

export function startWorkers(count: number, task: Task, take: (report: Report) => void): Workers {
  const running = new Set<ChildProcess>()
  const any = () => [...running][Math.floor(Math.random() * running.size)]

  const workers: Workers = {
    crashed: 0,
    kill() {
      const worker = any()
      if (!worker) return
      running.delete(worker)
      worker.kill('SIGKILL')
      start()
    },
    async freeze() {
      const worker = any()
      if (!worker) return
      // Not to be killed meanwhile.
      running.delete(worker)
      worker.kill('SIGSTOP')
      await sleep(longerThanALease)
      worker.kill('SIGCONT')
      running.add(worker)
    },
    async stop() {
      await Promise.all(
        [...running].map(async (worker) => {
          // The last report comes before the channel ends, and that may be after the process has.
          const ended = [once(worker, 'exit'), ...(worker.connected ? [once(worker, 'disconnect')] : [])]
          worker.send('enough')
          await Promise.all(ended)
        }),
      )
    },
    end() {
      for (const worker of [...running]) {
        running.delete(worker)
        worker.kill('SIGKILL')
      }
    },
  }
  for (let number = 0; number < count; number += 1) start()
  return workers

  function start(): void {
    const worker = fork(new URL('worker.ts', import.meta.url), { execArgv: [] })
    worker.on('message', (report) => take(report as Report))
    worker.once('exit', (code) => {
      if (running.delete(worker) && code !== 0) workers.crashed += 1
    })
    worker.send(task)
    running.add(worker)
  }
}
