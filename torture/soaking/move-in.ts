import { randomBytes } from 'node:crypto'
import { REST } from 'discord.js'
import { build } from '../../src/app.ts'
import { createPublisher } from '../../src/discord/publisher.ts'
import { readConfig } from '../../src/config.ts'
import { createHttp } from '../../src/http.ts'
import { createLog } from '../../src/log.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Crowd } from '../enduring/crowd.ts'
import { accountOf } from './libraries.ts'

const atOnce = 8
const shareOne = 3
const joinOne = 20

/**
 * Links these people, by number, as the pages do it but without them: by the program's own rooms, over its store and
 * its keys, with codes that Spotify gave. Some of them share, and a few take part in roundups.
 */
export async function moveIn({ env, people, discord, spotify }: Crowd, numbers: readonly number[]): Promise<void> {
  const config = readConfig(env)
  const store = await openStore(config.store)
  const http = createHttp()
  const courier = createPublisher(
    new REST({ api: config.discord.apiUrl }).setToken(config.discord.token),
    createLog('warn'),
  )
  const { accounts, sharing, roundups, spotify: clients } = await build(config, store, http.send, new Map(), courier)
  const redirectUri = `${config.web.publicUrl}/callback/spotify`
  const waiting = [...numbers]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) await settle(number)
    }),
  )
  await store.close()
  await http.close()

  async function settle(number: number): Promise<void> {
    const person = people[number] ?? ''
    const [state, codeVerifier] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
    const scope = await accounts.scopeFor(person, false)
    const { oauth } = clients.operator
    const url = await oauth.authorizeUrl({ redirectUri, state, codeVerifier, scope: scope.join(' ') })
    const agreed = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `decision=agree&account=${spotify.account(accountOf(number)).id}`,
    })
    const answer = new URL(agreed.headers.get('location') ?? '')
    const parameters = oauth.validate(answer.searchParams, state)
    await accounts.connect(person, { parameters, redirectUri, codeVerifier, startedAt: Date.now(), scope })
    if (number % shareOne === 0) await sharing.set(person, discord.guild.id, true)
    if (number % joinOne === 0) await roundups.join(person, discord.guild.id)
  }
}
