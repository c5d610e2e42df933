import { once } from 'node:events'
import type { Server } from 'node:http'
import { StartupError } from './errors.ts'

interface Address {
  readonly host: string
  readonly port: number
}

/** Listens for browsers. Rejects with StartupError, and with what to do, where that address is not to be had. */
export async function listenForPages(server: Server, { host, port }: Address): Promise<void> {
  await listen(server, { host, port }, (isTaken) =>
    isTaken
      ? `PORT ${port} is taken on ${host}. Set another PORT, or stop what listens there.`
      : `HOST ${host} with PORT ${port} cannot be listened on. Set HOST to an address of this machine, such as 127.0.0.1, and PORT to one above 1023.`,
  )
}

/** The same for Prometheus, which asks from this machine only. */
export async function listenForMetrics(server: Server, port: number): Promise<void> {
  const why = `METRICS_PORT ${port} cannot be listened on. Set another one, or stop what listens there.`
  await listen(server, { host: '127.0.0.1', port }, () => why)
}

/** Somebody listens there already. */
export class PortTakenError extends StartupError {}

async function listen(server: Server, { host, port }: Address, sentence: (isTaken: boolean) => string): Promise<void> {
  try {
    await once(server.listen(port, host), 'listening')
  } catch (cause) {
    const isTaken = (cause as { code?: unknown }).code === 'EADDRINUSE'
    throw new (isTaken ? PortTakenError : StartupError)(sentence(isTaken), { cause })
  }
}
