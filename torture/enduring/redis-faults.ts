import { tell, type RedisServer } from '../../test/store/redis-server.ts'
import { until } from '../../test/world/until.ts'
import { openConsole } from './console.ts'
import type { Line } from './line.ts'

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

/** Every state of a Redis behind a line, in which the program has to answer. It loads for `loadingTime` milliseconds. */
export function redisFaults(server: RedisServer, line: Line, loadingTime: number): Fault[] {
  const mooded = (name: string, mood: Line['mood']): Fault => ({
    name: `Redis ${name}`,
    begin: () => void (line.mood = mood),
    end: () => void (line.mood = 'well'),
  })
  return [
    { name: 'nothing at all', begin: () => undefined, end: () => undefined },
    { name: 'Redis killed', silent: true, begin: server.kill, end: server.restart },
    { name: 'Redis frozen', silent: true, begin: server.freeze, end: server.thaw },
    mooded('two seconds late', 'two seconds late'),
    mooded('resets every third', 'every third connection reset'),
    mooded('a byte at a time', 'a byte at a time'),
    said('Redis full (OOM)', [['CONFIG', 'SET', 'maxmemory', '1']], [['CONFIG', 'SET', 'maxmemory', '0']]),
    said('Redis read-only', [['REPLICAOF', '127.0.0.1', '1']], [['REPLICAOF', 'NO', 'ONE']]),
    misconfigured(),
    said('Redis NOAUTH', locked, [['CONFIG', 'SET', 'requirepass', '']]),
    loading(),
    said('Redis NOSCRIPT', [['SCRIPT', 'FLUSH']], []),
    { ...said('Redis flushed', [['FLUSHALL']], []), forgets: true },
  ]

  function said(name: string, begin: readonly string[][], end: readonly string[][]): Fault {
    return { name, begin: () => say(begin), end: () => say(end) }
  }

  async function say(commands: readonly string[][]): Promise<void> {
    const console = await openConsole(server.port)
    // Refused while there is no password.
    await console.say('AUTH', password).catch(() => undefined)
    for (const command of commands) await console.say(...command)
    console.close()
  }

  /** Nothing can be saved where nothing can be made, not even by root. */
  function misconfigured(): Fault {
    let folder = ''
    const ended = () => [
      ['CONFIG', 'SET', 'dir', folder],
      ['CONFIG', 'SET', 'save', ''],
    ]
    return {
      name: 'Redis MISCONF',
      async begin() {
        const console = await openConsole(server.port)
        folder = (await console.say('CONFIG', 'GET', 'dir')).split('\r\n').at(-1) ?? ''
        console.close()
        await say([['CONFIG', 'SET', 'dir', '/proc'], ['CONFIG', 'SET', 'save', '3600 1'], ['BGSAVE']])
      },
      end: () => say(ended()),
    }
  }

  /** Really loading: what it holds, and enough beside it to take its time. */
  function loading(): Fault {
    let reloaded: Promise<unknown> = Promise.resolve()
    return {
      name: 'Redis LOADING',
      async begin() {
        const console = await openConsole(server.port)
        await console.say('DEBUG', 'POPULATE', String(loadingTime), 'ballast')
        await console.say('CONFIG', 'SET', 'key-load-delay', '1000')
        await console.say('CONFIG', 'SET', 'loading-process-events-interval-bytes', '1024')
        let isOver = false
        reloaded = console.say('DEBUG', 'RELOAD').finally(() => {
          isOver = true
          console.close()
        })
        await until('a Redis that loads', async () => isOver || (await tell(server, 'PING')).startsWith('-LOADING'))
      },
      async end() {
        await reloaded
      },
    }
  }
}

const locked = [
  ['CONFIG', 'SET', 'requirepass', password],
  ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'],
]
