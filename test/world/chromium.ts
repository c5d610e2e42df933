import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core'
import { installed, skippedWithout } from './installed.ts'
import { waitLimit } from './until.ts'

/** Whether tests that need one are left out: never where everything has to run. */
export function withoutChromium(): boolean {
  return skippedWithout('chromium')
}

/** The system's Chromium with one window of nobody's. */
export interface Chromium {
  readonly context: BrowserContext
  close(): Promise<void>
}

/** Without anything that it would do on its own over the network; what is waited for in it has the time of every other wait. */
export async function openChromium(options: BrowserContextOptions = {}): Promise<Chromium> {
  const quiet = [
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
  ]
  const executablePath = installed('chromium')
  if (!executablePath) throw new Error('Chromium is not installed: apt-get install chromium')
  const browser = await chromium.launch({
    executablePath,
    timeout: waitLimit,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet],
  })
  const context = await browser.newContext(options)
  context.setDefaultTimeout(waitLimit)
  return { context, close: () => browser.close() }
}
