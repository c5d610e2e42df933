import { mkdirSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import type { Chromium } from './chromium.ts'

const screenshots = 'test/screenshots'

/** Somebody at the sandbox's chat page. */
export interface ChatPage {
  /** Becomes another person. */
  as(name: string): Promise<void>
  /** Types a line, sends it, and waits for the answer to its command. */
  type(line: string): Promise<void>
  /** The newest message. */
  newest(): Locator
  /** Takes a picture of a page, at desktop and at phone width. */
  picture(name: string, page?: Page): Promise<void>
}

/** The page at that address, in a tab of its own. */
export async function openChatPage({ context }: Chromium, url: string): Promise<{ chat: Page; at: ChatPage }> {
  const chat = await context.newPage()
  await chat.goto(url)
  return { chat, at: chatPage(chat) }
}

function chatPage(chat: Page): ChatPage {
  mkdirSync(screenshots, { recursive: true })
  const newest = (): Locator => chat.getByRole('article').last()
  return {
    newest,
    as: (name) => chat.getByRole('button', { name, exact: true }).click(),
    async type(line) {
      const composer = chat.getByLabel('Message #music')
      await composer.fill(line)
      await composer.press('Enter')
      await newest()
        .getByText(/^\/\w+( [a-z]+(?!:))?/.exec(line)?.[0] ?? line)
        .first()
        .waitFor()
    },
    async picture(name, page = chat) {
      await page.bringToFront()
      await page.screenshot({ path: `${screenshots}/${name}.png` })
      await page.setViewportSize({ width: 390, height: 844 })
      await page.screenshot({ path: `${screenshots}/${name}-phone.png` })
      await page.setViewportSize({ width: 1280, height: 800 })
    },
  }
}
