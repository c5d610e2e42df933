import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { command, personOf, press, type Answer } from './interactions.ts'
import { createLine, type Heard } from './line.ts'
import { createWaiting, drive } from './load.ts'

/** Discord as it posts interactions: 32 connections, everything signed beforehand, some of it forged. */
export type Order =
  | { readonly order: 'look'; readonly ports: readonly number[]; readonly people: number }
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
    for (let person = 0; person < order.people; person += 1) {
      const begin = command(personOf(person), 'liked', [{ type: 1, name: 'recent', options: [] }])
      const { text } = await post(order.ports[0] ?? 0, letter(begin, false))
      shown[person] = (JSON.parse(text) as { data: Answer }).data
    }
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
