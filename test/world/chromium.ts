import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const path = '/usr/bin/chromium'

export function chromiumInstalled(): boolean {
  return existsSync(path)
}

/** The system's Chromium, without anything that it would do on its own over the network. */
export function openChromium(): Promise<Browser> {
  const quiet = [
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
  ]
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet] })
}
