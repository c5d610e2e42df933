import type { FakeDiscord } from '../discord/discord.ts'

const lines = [
  'Morning. Has anybody found something good for a long train ride?',
  'Plenty. I keep saving songs and then never find them again…',
  'Type `/link` first, then `/liked recent` shows the page. Mine goes back **years**.',
]

/** A few lines of the people who are here, so that a newcomer does not find an empty channel. */
export function seedChat(discord: FakeDiscord): void {
  const [channel] = discord.channels
  if (!channel) return
  for (const [index, line] of lines.entries()) {
    const person = discord.people[index % discord.people.length]
    if (person) discord.say(person.id, channel.id, line)
  }
}
