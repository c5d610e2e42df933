import { createClient } from '@keyv/redis'
import { tell, type RedisServer } from '../test/store/redis-server.ts'
import { until } from '../test/world/until.ts'
import type { Network } from './network.ts'

/** Something that goes wrong for a while. */
export interface Fault {
  readonly name: string
  /** Whether links are gone afterwards, so that "not linked" is the truth. */
  readonly forgets?: boolean
  /** Whether Redis is silent or gone, so that the promise about acknowledgements is meant. */
  readonly silent?: boolean
  begin(): Promise<void> | void
  end(): Promise<void> | void
  /** Called before each interaction. */
  disturb?(number: number): void
}

/** Further arguments that a server needs to be broken in all these ways. What it is told it keeps over a kill. */
export const breakable = [
  ...['--appendonly', 'yes', '--appendfsync', 'always'],
  ...['--enable-debug-command', 'yes', '--enable-protected-configs', 'yes'],
]

const password = 'only-for-this-fault'
const locked = [`CONFIG SET requirepass ${password}`, 'CLIENT KILL TYPE normal SKIPME yes']

/** Every state of a Redis in which the program has to answer. It loads for `loadingTime` milliseconds. */
export function redisFaults(server: RedisServer, network: Network, loadingTime: number): Fault[] {
  const far = (name: string, condition: Parameters<Network['become']>[0]): Fault => ({
    name: `Redis ${name}`,
    begin: () => network.become(condition),
    end: () => network.become('good'),
  })
  const told = (name: string, begin: readonly string[], end: readonly string[]): Fault => ({
    name: `Redis ${name}`,
    begin: async () => void (await say(begin)),
    end: async () => void (await say(end)),
  })
  return [
    { name: 'nothing at all', begin: () => undefined, end: () => undefined },
    { name: 'Redis killed', silent: true, begin: server.kill, end: server.restart },
    { name: 'Redis frozen', silent: true, begin: server.freeze, end: server.thaw },
    far('two seconds late', 'two seconds late'),
    far('resets every third', 'every third connection reset'),
    far('a byte at a time', 'a byte at a time'),
    told('full (OOM)', ['CONFIG SET maxmemory 1'], ['CONFIG SET maxmemory 0']),
    told('read-only', ['REPLICAOF 127.0.0.1 1'], ['REPLICAOF NO ONE']),
    misconfigured(),
    told('NOAUTH', locked, ['CONFIG SET requirepass ']),
    loading(),
    told('NOSCRIPT', ['SCRIPT FLUSH'], []),
    { ...told('flushed', ['FLUSHALL'], []), forgets: true },
  ]

  /** The answers to commands, one after another over one connection. */
  async function say(commands: readonly (string | string[])[]): Promise<unknown[]> {
    const client = createClient({ url: server.url }).on('error', () => undefined)
    await client.connect()
    // Refused while there is no password.
    await client.sendCommand(['AUTH', password]).catch(() => undefined)
    const answers: unknown[] = []
    for (const command of commands)
      answers.push(await client.sendCommand(typeof command === 'string' ? command.split(' ') : command))
    client.destroy()
    return answers
  }

  /** Nothing can be saved where nothing can be made, not even by root. */
  function misconfigured(): Fault {
    let folder = ''
    return {
      name: 'Redis MISCONF',
      async begin() {
        const [answer] = (await say(['CONFIG GET dir'])) as [string[]]
        folder = answer[1] ?? ''
        await say(['CONFIG SET dir /proc', ['CONFIG', 'SET', 'save', '3600 1'], 'BGSAVE'])
      },
      end: async () => void (await say([`CONFIG SET dir ${folder}`, 'CONFIG SET save '])),
    }
  }

  /** Really loading: what it holds, and enough beside it to take its time. */
  function loading(): Fault {
    let reloaded: Promise<unknown> = Promise.resolve()
    return {
      name: 'Redis LOADING',
      async begin() {
        const slowly = ['CONFIG SET key-load-delay 1000', 'CONFIG SET loading-process-events-interval-bytes 1024']
        await say([`DEBUG POPULATE ${loadingTime} ballast`, ...slowly])
        let isOver = false
        reloaded = say(['DEBUG RELOAD']).finally(() => (isOver = true))
        await until('a Redis that loads', async () => isOver || (await tell(server, 'PING')).startsWith('-LOADING'))
      },
      end: async () => void (await reloaded),
    }
  }
}
