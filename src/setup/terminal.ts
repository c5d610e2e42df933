import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

export type Terminal = ReturnType<typeof openTerminal>

// A terminal then says where a paste begins and ends.
const [markPastes, markNone] = ['\u001B[?2004h', '\u001B[?2004l']

/** Asks the person at this terminal. `onStop` is called at Ctrl+C, and where nothing more can be typed. */
export function openTerminal(onStop: () => void) {
  const { stdin: input, stdout: output } = process
  const ahead: string[] = []
  const parts: string[] = []
  let isPasting = false
  let take: ((answer: string) => void) | undefined
  // Nothing is echoed but the answer to a question that is no secret, not even what is typed before it is asked.
  let isEchoed = false
  let isSecretLeft = false
  const screen = new Writable({ write: (chunk, _, done) => (isEchoed && output.write(chunk), done()) })
  Object.defineProperty(screen, 'columns', { get: () => output.columns })
  // Without a history, since the arrow keys would show a secret again.
  const lines = createInterface({ input, output: screen, terminal: true, historySize: 0 })
  lines.on('line', read).on('SIGINT', onStop).on('close', onStop)
  input.on('keypress', (_, { name }: { readonly name?: string }) => {
    if (name === 'paste-start' || name === 'paste-end') isPasting = name === 'paste-start'
  })
  output.write(markPastes)

  return { say, ask, close }

  function say(text: string): void {
    output.write(`${text}\n`)
  }

  /** What was entered, without blanks around it; lines that were pasted together are one answer. */
  function ask(prompt: string, isSecret = false): Promise<string> {
    // The rest of a secret that came in pieces.
    if (isSecretLeft && !isSecret) lines.write(null, { ctrl: true, name: 'u' })
    isSecretLeft = isSecret
    return new Promise((resolve) => {
      take = (answer) => {
        take = undefined
        if (!isEchoed) output.write('\n')
        isEchoed = false
        resolve(answer)
      }
      const early = ahead.shift()
      if (early !== undefined || isSecret) output.write(prompt)
      if (early !== undefined) return take(early)
      if (isSecret) return
      isEchoed = true
      lines.setPrompt(prompt)
      lines.prompt(true)
    })
  }

  function read(line: string): void {
    parts.push(line)
    if (isPasting) return
    const answer = parts.splice(0).join('\n').trim()
    if (take) take(answer)
    else ahead.push(answer)
  }

  /** Gives the terminal back as it was. */
  function close(): void {
    lines.off('close', onStop).close()
    output.write(markNone)
  }
}
