import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { command, personOf, press, type Answer } from './interactions.ts'
import { createLine, type Heard } from './line.ts'
import { createWaiting, drive } from './load.ts'

/** Discord as it posts interactions: 32 connections, everything signed beforehand, some of it forged. */
export type Order =
  /** Everybody up to `people` looks at their songs, or searches them; their answers are kept for presses. */
  | { readonly order: 'look'; readonly port: number; readonly people: number; readonly query: string | undefined }
  | {
      readonly order: 'load'
      readonly kind: Kind
      readonly ports: readonly number[]
      readonly count: number
      /** Of a hundred. */
      readonly forged: number
    }

export type Kind = 'ping' | 'next'

const connections = 32
const ping = '{"type":1,"version":1,"application_id":"1180000000000000001","entitlements":[]'
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const signing = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const waiting = createWaiting()
const shown: Answer[] = []
const lines = new Map<number, ReturnType<typeof createLine>>()

process.on('message', (order: Order) => void obey(order).then((told) => process.send?.(told)))
process.on('disconnect', () => process.exit())
process.send?.({ publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex') })

interface Letter {
  readonly request: Buffer
  readonly isForged: boolean
}

async function obey(order: Order): Promise<object> {
  if (order.order === 'look') {
    shown.length = 0
    for (let person = 0; person < order.people; person += 1) shown.push(await look(order, personOf(person)))
    return { shown: shown.length }
  }
  const { kind, ports, count, forged } = order
  const letters = Array.from({ length: count }, (_, index) => {
    const person = personOf(index % shown.length)
    const begin = kind === 'ping' ? ping : press(person, person, shown[index % shown.length] ?? {}, 'Next')
    return letter(begin, index % 100 < forged)
  })
  const statuses = { right: 0, wrong: 0 }
  const load = await drive(
    (index, answered) => {
      const sent = letters[index] ?? letter('{', true)
      const judge = ({ status }: Heard): void => {
        statuses[status === (sent.isForged ? 401 : 200) ? 'right' : 'wrong'] += 1
      }
      void post(ports[index % ports.length] ?? 0, sent)
        .then(judge)
        .finally(answered)
    },
    { count, outstanding: connections },
  )
  return { ...load, ...statuses }
}

/** The first page; a library that is being read for a search is answered beside the response, and asked for again. */
async function look({ port, query }: Extract<Order, { order: 'look' }>, person: string): Promise<Answer> {
  const options = query === undefined ? [] : [{ type: 3, name: 'query', value: query }]
  const begin = command(person, 'liked', [{ type: 1, name: query === undefined ? 'recent' : 'search', options }])
  for (const giveUpAt = Date.now() + 60_000; Date.now() < giveUpAt;) {
    const { status, text } = await post(port, letter(begin, false))
    const { data } = (status === 200 ? JSON.parse(text) : {}) as { data?: Answer }
    if (data?.embeds?.length) return data
    await sleep(200)
  }
  throw new Error(`The program shows nothing to ${person}`)
}

function letter(begin: string, isForged: boolean): Letter {
  const body = begin + waiting.end(() => undefined)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = sign(undefined, Buffer.from(timestamp + (isForged ? `${body} ` : body)), signing).toString('hex')
  const head = [
    ...['POST /interactions HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json'],
    ...[`content-length: ${Buffer.byteLength(body)}`, `x-signature-timestamp: ${timestamp}`],
    `x-signature-ed25519: ${signature}`,
  ]
  return { request: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`), isForged }
}

function post(port: number, { request }: Letter): Promise<Heard> {
  const line = lines.get(port) ?? createLine(port)
  lines.set(port, line)
  return line.post(request)
}
