import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../../sandbox/start.ts'
import { startProgram } from '../../test/world/process.ts'
import type { Measure } from './measure.ts'

const bodies = 4_000
const sent = Buffer.alloc(90_000, ' ')

export default {
  what: 'Memory that 4,000 unfinished bodies of 90 kB to /interactions take',
  unit: 'MB',
  bound: 100,
  async take() {
    await using ends = new AsyncDisposableStack()
    const sandbox = ends.adopt(await startSandbox({ port: 0 }), ({ close }) => close())
    // As npm start sets it.
    const settings = { DISCORD_PUBLIC_KEY: sandbox.discord.publicKey, NODE_OPTIONS: '--max-semi-space-size=8' }
    const program = ends.adopt(await startProgram(sandbox, settings), ({ kill }) => kill())
    const memory = () => memoryOf(program.pid)
    const before = memory()
    let most = before
    const port = Number(sandbox.env['PORT'])
    for (let number = 0; number < bodies; number += 1) {
      send(port)
      if (number % 100 === 0) await sleep(5)
    }
    // For as long as the program waits for the rest of a body.
    for (const end = performance.now() + 8_000; performance.now() < end; await sleep(50))
      most = Math.max(most, memory())
    return most - before
  },
} satisfies Measure

/** All of a request but its end, with what looks like a signature. */
function send(port: number): void {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  const lines = [
    'POST /interactions HTTP/1.1',
    'Host: x',
    `X-Signature-Timestamp: ${Math.floor(Date.now() / 1000)}`,
    `X-Signature-Ed25519: ${'ab'.repeat(64)}`,
    `Content-Length: ${sent.length + 1}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  socket.write(sent)
}

/** Of a process, with all that it holds outside of its heap, in megabytes. */
function memoryOf(pid = 0): number {
  const [, kilobytes = 'unknown'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
