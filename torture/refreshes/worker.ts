import { setTimeout as sleep } from 'node:timers/promises'
import { add } from '../../bench/report.ts'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createHttp } from '../../src/http.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { openStore } from '../../src/store/open-store.ts'
import { patiently } from '../patiently.ts'
import { key } from './people.ts'
import type { Task, WorkerReport } from './workers.ts'

// A process of the program as far as refreshing goes. Its parent says what to do, and then that it is enough.
process.once('message', (task) => void work(task as Task))
process.once('disconnect', () => process.exit())

async function work({ redisUrl, accountsUrl, credentials, people, lanes }: Task): Promise<void> {
  const store = await patiently(() => openStore({ redisUrl }))
  const settings = { accountsUrl, apiUrl: accountsUrl, ...credentials }
  const clients = createSpotifyClients(settings, createHttp().send, store)
  const accounts = createAccounts(store, createCrypto(key, [key]), clients)
  let report: WorkerReport = { received: [], failures: {}, ended: [] }
  const tell = () => {
    process.send?.(report)
    report = { received: [], failures: {}, ended: [] }
  }
  setInterval(tell, 50)
  const enough = new AbortController()
  process.once('message', () => enough.abort())

  const lane = async () => {
    while (!enough.signal.aborted) {
      const person = draw(people)
      try {
        // Access tokens last for a second here, so every use asks for a new one.
        const token = await accounts.withToken(person, await accounts.get(person), async (token) => token)
        report.received.push([person, token])
      } catch (error) {
        const { name } = error as Error
        add(report.failures, name)
        if (name === 'ConsentEndedError' || name === 'NotLinkedError') report.ended.push(person)
        if (name === 'MassRefusalError') await sleep(1000)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  tell()
  process.disconnect()
}

/** Some are wanted by everybody, which is what leases are for. */
function draw(people: readonly string[]): string {
  const among = Math.random() < 0.01 ? Math.min(8, people.length) : people.length
  return people[Math.floor(Math.random() * among)] ?? ''
}
