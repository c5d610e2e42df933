import type { Trouble } from '../sandbox/spotify/spotify.ts'
import type { Crowd } from './crowd.ts'
import type { Fault } from './redis-faults.ts'

const acknowledgement = /^POST .*\/callback$/
const broken = { message: '500: Internal Server Error', code: 0 }

/** What goes wrong at Spotify and Discord. Access tokens have run out at the beginning of Spotify's. */
export function providerFaults({ spotify, discord }: Crowd): Fault[] {
  const troubled = (name: string, trouble: Trouble): Fault => ({
    name: `Spotify ${name}`,
    begin() {
      spotify.expireAccessTokens()
      spotify.trouble = trouble
    },
    end: () => void (spotify.trouble = { kind: 'none' }),
  })
  const disturbed = (name: string, every: number, disturb: () => void): Fault => ({
    name: `Discord ${name}`,
    begin: () => undefined,
    end: () => undefined,
    disturb: (number) => void (number % every === 0 && disturb()),
  })
  return [
    troubled('three seconds late', { kind: 'slow', delay: 3 }),
    troubled('dripping', { kind: 'dripping' }),
    troubled('lying', { kind: 'lying' }),
    troubled('down (500)', { kind: 'server-error' }),
    disturbed('500 to every third', 3, () => discord.failNext(acknowledgement, 500, broken)),
    disturbed('500 after the work', 3, () => discord.loseNext(acknowledgement, 1, 500)),
    disturbed('drops the gateway', 60, () => discord.disconnect(4000)),
  ]
}
