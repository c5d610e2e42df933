import { Routes } from 'discord.js'
import { expect, test } from 'vitest'
import { openDiscord, startBot } from './discord-bot.ts'
import { placeIn } from './discord-refusal-place.ts'

const many = (count: number, make: (index: number) => object) =>
  Array.from({ length: count }, (_, index) => make(index))
const x = (length: number) => 'x'.repeat(length)

test.each([
  ['upper case', [{ name: 'Ping', description: 'a' }], '0.name APPLICATION_COMMAND_INVALID_NAME'],
  ['no description', [{ name: 'ping' }], '0.description BASE_TYPE_REQUIRED'],
  ['a description of 101', [{ name: 'ping', description: x(101) }], '0.description BASE_TYPE_MAX_LENGTH'],
  ['an unknown field', [{ name: 'ping', description: 'a', cooldown: 3 }], '0.cooldown UNKNOWN_FIELD'],
  ['an unknown context', [{ name: 'ping', description: 'a', contexts: [3] }], '0.contexts.0 NUMBER_TYPE_MAX'],
  [
    'a name twice',
    [
      { name: 'a', description: 'a' },
      { name: 'a', description: 'b' },
    ],
    '1 APPLICATION_COMMANDS_DUPLICATE_NAME',
  ],
  [
    '26 options',
    [{ name: 'a', description: 'a', options: many(26, (index) => ({ type: 3, name: `o${index}`, description: 'a' })) }],
    '0.options BASE_TYPE_MAX_LENGTH',
  ],
  [
    'required after optional',
    [
      {
        name: 'a',
        description: 'a',
        options: [
          { type: 3, name: 'a', description: 'a' },
          { type: 3, name: 'b', description: 'a', required: true },
        ],
      },
    ],
    '0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
  ],
  [
    'a subcommand beside a value',
    [
      {
        name: 'a',
        description: 'a',
        options: [
          { type: 1, name: 'a', description: 'a' },
          { type: 3, name: 'b', description: 'a' },
        ],
      },
    ],
    '0.options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
  ],
])('a command with %s is not registered', async (_name, body, place) => {
  const discord = await openDiscord()
  const client = await startBot(discord)
  const registered = discord.commands()
  const put = client.rest.put(Routes.applicationCommands(discord.credentials.clientId), { body })
  expect(await put.catch(placeIn)).toBe(place)
  expect(discord.commands()).toEqual(registered)
})
