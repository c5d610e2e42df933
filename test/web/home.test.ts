import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBrowser, words } from '../../sandbox/browser.ts'
import { descriptionOf, messageOf, startWorld, type World } from '../world/world.ts'
import { behindProxy } from './flow.ts'

let world: World
beforeAll(async () => {
  world = await startWorld(behindProxy)
})
afterAll(() => world.stop())

test('somebody who comes by reads what this is, every command, and where linking begins', async () => {
  const page = await createBrowser().send(`${world.env['PUBLIC_URL']}/`)
  expect(page.status).toBe(200)
  expect(words(page)).toContain('I show your liked songs from Spotify in Discord')
  expect(page.text).toContain('href="/link"')
  expect(page.text).not.toContain('<form')
  const help = descriptionOf(messageOf(await world.person('ana').uses('help')))
  const commands = new Set(Array.from(help.matchAll(/<\/([a-z]+)/g), ([, name]) => `/${name}`))
  const shown = Array.from(page.text.matchAll(/<code>(\/[a-z]+)<\/code>/g), ([, name]) => name)
  expect(new Set(shown)).toEqual(commands)
})
