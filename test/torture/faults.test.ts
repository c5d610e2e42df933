import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/discord/discord.ts'
import { startCrowd, type Crowd } from '../../torture/crowd.ts'
import { surviveKills } from '../../torture/faults/kills.ts'
import { openNetwork, type Network } from '../../torture/network.ts'
import { providerFaults } from '../../torture/provider-faults.ts'
import { breakable, redisFaults, type Fault } from '../../torture/redis-faults.ts'
import { endure, gather } from '../../torture/faults/rounds.ts'
import { waitLimit } from '../world/until.ts'
import { startRedis, type RedisServer, withoutRedis } from '../store/redis-server.ts'

const wave = { interactions: 28, over: 600 }
// How soon people are answered depends on the machine here; interactions/deadlines.test.ts holds how soon they have to be.
const patient = { answerWithin: waitLimit, finishWithin: waitLimit }

describe.skipIf(withoutRedis())('six people use the program while something is broken', () => {
  let server: RedisServer
  let network: Network
  let crowd: Crowd
  let pages: Map<string, Message>
  let faults: Map<string, Fault>
  beforeAll(async () => {
    server = await startRedis(breakable)
    network = await openNetwork(server.port)
    crowd = await startCrowd(6, { REDIS_URL: network.url }, patient)
    pages = await gather(crowd)
    faults = new Map(
      [...redisFaults(server, network, wave.over), ...providerFaults(crowd)].map((fault) => [fault.name, fault]),
    )
  })
  afterAll(async () => {
    await crowd?.stop()
    network?.close()
    await server?.stop()
  })

  test('Discord answers 500 to a file before it has read it: the file is sent again, and the program lives', async () => {
    const [ana = ''] = crowd.people
    crowd.discord.failNext(/^POST .*\/callback$/, 500, { message: '500: Internal Server Error', code: 0 })
    const outcome = await crowd.uses(ana, 'account export')
    expect('message' in outcome && outcome.message.attachments[0]?.text).toContain('"spotifyName": "Ana"')
  })

  test.each([
    ['RD-132', 'Redis killed'],
    ['RD-134', 'Redis two seconds late'],
    ['RD-137', 'Redis full (OOM)'],
    ['RD-138', 'Redis read-only'],
    ['RD-145', 'Redis MISCONF'],
    ['RD-139', 'Redis NOAUTH'],
    ['RD-141', 'Redis LOADING'],
    ['DS-151', 'Discord 500 after the work'],
    ['RD-140', 'Redis flushed'],
  ])(
    '%s %s: everybody is answered in time, nobody is called unlinked who is not, and all is well afterwards',
    async (_, name) => {
      const fault = faults.get(name) ?? expect.unreachable(name)
      const { counters, recovered } = await endure(crowd, pages, fault, wave, waitLimit)
      const { missing, wrong, acknowledged } = counters
      expect({ missing, wrong }).toEqual({ missing: 0, wrong: {} })
      expect(acknowledged).toHaveLength(wave.interactions)
      expect(recovered).toBeDefined()
      expect(crowd.program.output()).not.toMatch(/please report this line/)
    },
  )
})

test('kill -9 while people link, share and unlink: what they were told is so afterwards', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-kills-'))
  const crowd = await startCrowd(6, { DATA_DIR: directory }, patient)
  try {
    const { changes, compared, lost } = await surviveKills(crowd, 3)
    expect(lost).toEqual([])
    expect(Math.min(changes, compared)).toBeGreaterThan(0)
  } finally {
    await crowd.stop()
    rmSync(directory, { recursive: true })
  }
})
