import { DiscordAPIError } from 'discord.js'
import { expect, test } from 'vitest'
import type { Reply } from '../../src/command.ts'
import { sendReply, type RepliableInteraction } from '../../src/discord/reply.ts'

const refused = new DiscordAPIError({ code: 50035, message: 'Invalid Form Body' }, 50035, 400, 'POST', '/', {})

/** What Ana sees of a reply, where Discord refuses all that says "spoilt". */
async function shown(reply: Reply, patience: number): Promise<string[]> {
  const seen: string[] = []
  const take = async ({ content = '' }: { content?: string }) => {
    if (content === 'spoilt') throw refused
    seen.push(content)
    return { id: '1', channelId: '2' }
  }
  const webhook = { send: take, editMessage: (_: string, body: object) => take(body), fetchMessage: () => take({}) }
  const interaction = { webhook, reply: take, deferReply: async () => undefined } as unknown as RepliableInteraction
  const work = new Promise<Reply>((resolve) => setTimeout(resolve, patience > 0 ? 0 : 20, reply))
  await sendReply(interaction, work, {
    deferral: 'ephemeral message',
    patience,
    apologise: async () => ({ kind: 'message', ephemeral: true, content: 'sorry' }),
    signal: new AbortController().signal,
    useCallback: () => undefined,
    acknowledged: () => undefined,
  })
  return seen
}

test.each([
  ['at once', 60_000],
  ['late', 0],
])(
  'an answer that Discord refuses %s is not gone on with; what is said beside it is said all the same',
  async (_, patience) => {
    const sent: string[] = []
    const next: Reply = { kind: 'message', ephemeral: true, content: 'next' }
    const answer = (content: string): Reply => ({
      kind: 'message',
      ephemeral: true,
      content,
      followUp: { content: 'receipt' },
      onSent: async ({ message }) => void sent.push(message),
      continueWith: async () => next,
    })
    expect(await shown(answer('fine'), patience)).toEqual(expect.arrayContaining(['fine', 'receipt', 'next']))
    expect(sent).toEqual(['1'])
    expect(await shown(answer('spoilt'), patience)).toEqual(['sorry', 'receipt'])
    expect(sent).toEqual(['1'])
    const first: Reply = {
      kind: 'message',
      ephemeral: true,
      content: 'first',
      continueWith: async () => answer('spoilt'),
    }
    expect(await shown(first, patience)).toEqual(['first', 'sorry', 'receipt'])
    expect(sent).toEqual(['1'])
  },
)
