import { setTimeout as sleep } from 'node:timers/promises'
import { start, type Running } from '../../bench/process.ts'
import type { Counts } from '../../bench/report.ts'

export interface Task {
  readonly redisUrl: string
  readonly accountsUrl: string
  readonly credentials: { readonly clientId: string; readonly clientSecret: string }
  readonly people: readonly string[]
  /** Refreshes under way at once. */
  readonly lanes: number
}

/** What a process has done since it last said so. */
export interface WorkerReport {
  /** Access tokens that were got, each with the person for whom. */
  readonly received: (readonly [person: string, token: string])[]
  /** By the name of the error. */
  readonly failures: Counts
  /** People who were told that they are not linked. */
  readonly ended: string[]
}

const longerThanALease = 17_000

/** Real processes of the program; one that is killed is replaced. */
export function startWorkers(count: number, task: Task, take: (report: WorkerReport) => void) {
  const running = new Map<Running, Promise<void>>()
  const any = () => [...running.keys()][Math.floor(Math.random() * running.size)]
  const workers = { crashed: 0, kill, freeze, stop, end }
  for (let number = 0; number < count; number += 1) begin()
  return workers

  /** SIGKILL, for one of them. */
  function kill(): void {
    const worker = any()
    if (!worker) return
    running.delete(worker)
    worker.child.kill('SIGKILL')
    begin()
  }

  /** SIGSTOP, for longer than a lease lasts. */
  async function freeze(): Promise<void> {
    const worker = any()
    const listening = worker && running.get(worker)
    if (!worker || !listening) return
    // Not to be killed meanwhile.
    running.delete(worker)
    worker.child.kill('SIGSTOP')
    await sleep(longerThanALease)
    worker.child.kill('SIGCONT')
    running.set(worker, listening)
  }

  /** Lets all of them finish what is under way. */
  async function stop(): Promise<void> {
    for (const { child } of running.keys()) if (child.connected) child.send('enough')
    await Promise.all(running.values())
  }

  /** Ends those that are left. */
  function end(): void {
    for (const { child } of running.keys()) child.kill('SIGKILL')
    running.clear()
  }

  function begin(): void {
    const worker = start('torture/refreshes/worker.ts')
    worker.child.send(task)
    running.set(worker, listen(worker))
  }

  async function listen(worker: Running): Promise<void> {
    try {
      for (;;) take(await worker.ask<WorkerReport>())
    } catch (error) {
      if (!running.delete(worker) || worker.child.exitCode === 0) return
      workers.crashed += 1
      console.error((error as Error).message)
    }
  }
}
