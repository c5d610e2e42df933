import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import type { Message } from '../../sandbox/discord/discord.ts'
import type { Chromium } from '../../test/world/chromium.ts'
import type { Player, World } from '../../test/world/world.ts'

/** The sandbox with a browser before it, and what takes the pictures. */
export interface Stage {
  readonly world: World
  readonly people: Readonly<Record<(typeof names)[number], Player>>
  /** The tab with the chat page. */
  readonly chat: Page
  /** A picture of these messages and all that is between them, as that person sees them now. */
  messages(name: string, viewer: Player, ...shown: Message[]): Promise<void>
  /** The same of one message with the choices of its selects laid open. */
  opened(name: string, viewer: Player, message: Message): Promise<void>
  /** Opens the chat page as that person, in the channel with that name; their direct messages are called Hearsay. */
  sit(viewer: Player, channel?: string): Promise<void>
  /** A picture of the window with the chat page as it is now. */
  window(name: string): Promise<void>
  /** A picture of a whole page in a tab of its own, with what that person sees at the address. */
  address(name: string, viewer: Player, url: string): Promise<void>
  /** A picture of a whole page. */
  page(name: string, page: Page): Promise<void>
}

const names = ['ana', 'ben', 'chiyo', 'dara', 'emil', 'fay', 'gus'] as const

/** A part of the sheet; it has a sandbox of its own. */
export interface Part {
  readonly title: string
  /** What is set beside the sandbox's own settings. */
  readonly settings?: Readonly<Record<string, string>>
  /** Answers that take long are announced first, as outside; else none is, however slow the machine is. */
  readonly hurried?: boolean
  readonly play: (stage: Stage) => Promise<void>
}

export const looks = [390, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((theme) => ({ width, theme, name: `${width}-${theme}` })),
)

const heights: Readonly<Record<number, number>> = { 390: 844, 1280: 800 }
/** So high that the longest message is in the window. */
const tall = 2600

export function openStage(world: World, chromium: Chromium, chat: Page, directory: string, taken: string[]): Stage {
  mkdirSync(directory, { recursive: true })
  return {
    world,
    people: Object.fromEntries(names.map((name) => [name, world.person(name)])) as Stage['people'],
    chat,
    messages: (name, viewer, ...shown) => messages(name, viewer, shown),
    // A headless browser shows nothing of a list that is opened by a press.
    opened: (name, viewer, message) => messages(name, viewer, [message], layOpen),
    sit,
    window: (name) => inEveryLook(name, chat, (path) => chat.screenshot({ path, animations: 'disabled' })),
    async address(name, viewer, url) {
      await signIn(viewer)
      const tab = await chromium.context.newPage()
      await tab.goto(url)
      await page(name, tab)
      await tab.close()
    },
    page,
  }

  async function messages(name: string, viewer: Player, shown: Message[], prepare?: typeof layOpen): Promise<void> {
    const channel = world.discord.channels.find(({ id }) => id === shown[0]?.channelId)
    await sit(viewer, channel ? channel.name : 'Hearsay')
    const articles = shown.map(({ id }) => chat.locator(`[data-message-id="${id}"]`))
    for (const article of articles) await article.waitFor()
    await prepare?.(articles)
    await inEveryLook(
      name,
      chat,
      async (path) => {
        await articles.at(-1)?.evaluate((element) => element.scrollIntoView({ block: 'end' }))
        const boxes = await Promise.all(articles.map((article) => article.boundingBox()))
        const [first, last] = [boxes[0], boxes.at(-1)]
        if (!first || !last) throw new Error(`Nothing of ${name} is in the window.`)
        const y = Math.max(first.y - 4, 0)
        const clip = { x: first.x, y, width: first.width, height: last.y + last.height - y }
        await chat.screenshot({ path, clip, animations: 'disabled' })
      },
      tall,
    )
  }

  async function sit(viewer: Player, channel = 'music'): Promise<void> {
    await signIn(viewer)
    await chat.goto(world.url)
    await chat.getByRole('article').first().waitFor()
    if (channel === 'music') return
    await chat.getByRole('navigation').getByRole('button', { name: channel, exact: true }).click()
    await chat.getByLabel(new RegExp(`^Message [#@]${channel}$`)).waitFor()
  }

  function page(name: string, tab: Page): Promise<void> {
    return inEveryLook(name, tab, (path) => tab.screenshot({ path, fullPage: true, animations: 'disabled' }))
  }

  /** The chat page and the providers' pages go by this cookie, whatever the port. */
  async function signIn(viewer: Player): Promise<void> {
    await chromium.context.addCookies([{ name: 'sandbox_person', value: viewer.id, url: world.url }])
  }

  async function inEveryLook(name: string, tab: Page, shoot: (path: string) => Promise<unknown>, height?: number) {
    if (taken.includes(name)) throw new Error(`There are two pictures called ${name}.`)
    for (const { width, theme, name: look } of looks) {
      await tab.setViewportSize({ width, height: height ?? heights[width] ?? tall })
      await tab.emulateMedia({ colorScheme: theme })
      await tab.evaluate(loaded)
      await shoot(join(directory, `${name}-${look}.png`))
    }
    taken.push(name)
  }
}

async function layOpen(articles: readonly Locator[]): Promise<void> {
  for (const article of articles)
    await article.locator('select').evaluateAll((selects) => {
      for (const select of selects) select.setAttribute('size', `${select.childElementCount}`)
    })
}

/** Until every picture of the page is there and it has been laid out. */
const loaded = `Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
  .then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))`
