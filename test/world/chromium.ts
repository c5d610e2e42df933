import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core'
import { installed, skippedWithout } from './installed.ts'
import { waitLimit } from './until.ts'

/** Whether tests that need one are left out: never where everything has to run. */
export function withoutChromium(): boolean {
  return skippedWithout('chromium')
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
  const executablePath = installed('chromium')
  if (!executablePath) throw new Error('Chromium is not installed: apt-get install chromium')
  return chromium.launch({
    executablePath,
    timeout: waitLimit,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet],
  })
}

/** What is waited for in it has the time of every other wait. */
export async function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(waitLimit)
  return context
}
