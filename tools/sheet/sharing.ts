import { asks, questionOf, seenAgain } from '../../test/world/asking.ts'
import { until } from '../../test/world/until.ts'
import { messageOf, type Player } from '../../test/world/world.ts'
import type { Message } from '../../sandbox/discord/discord.ts'
import type { Stage } from './stage.ts'

/** Questions to Ana, and what becomes of them. */
export async function sharing({ world, people, messages }: Stage): Promise<void> {
  const { ana, ben, chiyo, dara, emil, fay } = people
  const channel = world.discord.channels[0]?.id ?? ''
  for (const person of [ana, ben, chiyo, dara, fay]) await person.links()

  await messages('asked-not-linked', emil, await asks(emil, ana))
  await messages('refused', ben, messageOf(await ben.uses('liked recent', { member: ana.id })))
  const bens = await question(ben)
  await messages('asked', ben, bens.refusal, bens.question)
  await messages('question', ana, bens.question)
  await messages('question-of-another', ben, bens.question, messageOf(await ben.presses(bens.question, 'No')))
  await messages('refused-waiting', ben, messageOf(await ben.uses('liked recent', { member: ana.id })))
  await answered('once', ben, bens, 'Show one page here')
  await messages('refused-shown', ben, messageOf(await ben.uses('liked recent', { member: ana.id })))

  await answered('everyone', chiyo, await question(chiyo), 'Share with everyone here')
  await messages('refused-answered', chiyo, messageOf(await chiyo.uses('liked recent', { member: ana.id })))

  const daras = await question(dara)
  await answered('no', dara, daras, 'No', false)
  await messages('refused-no', dara, messageOf(await dara.uses('liked recent', { member: ana.id })))
  const quiet = messageOf(await ana.presses(await receiptOf(), "Don't ask me again"))
  await messages('quiet', ana, quiet)
  await messages('refused-quiet', emil, messageOf(await emil.uses('liked recent', { member: ana.id })))
  await messages('sharing-quiet', ana, messageOf(await ana.uses('account sharing')))

  await messages('quiet-undone', ana, messageOf(await ana.presses(quiet, 'Undo')))
  await messages('no-undone', ana, messageOf(await ana.presses(quiet, 'Undo')))
  await messages('no-undone-told', dara, now(dara, daras.refusal))
  await messages('asked-too-many', fay, await asks(fay, ana))

  async function question(asker: Player): Promise<Question> {
    const refusal = await asks(asker, ana)
    return { refusal, question: await questionOf(world, asker, ana, channel) }
  }

  /** The question after the answer with its receipt, what the asker is told, and all of it once it is taken back. */
  async function answered(name: string, asker: Player, one: Question, label: string, undo = true): Promise<void> {
    await ana.presses(one.question, label)
    const receipt = await receiptOf()
    await messages(`answer-${name}`, ana, now(ana, one.question), receipt)
    await messages(`answer-${name}-told`, asker, now(asker, one.refusal))
    if (!undo) return
    await messages(`answer-${name}-undone`, ana, messageOf(await ana.presses(receipt, 'Undo')))
    await messages(`answer-${name}-undone-seen`, asker, now(asker, one.question))
    await messages(`answer-${name}-undone-told`, asker, now(asker, one.refusal))
  }

  /** What only Ana sees of her answer. */
  async function receiptOf(): Promise<Message> {
    return until('the receipt', () =>
      world.discord
        .messages(channel, ana.id)
        .findLast((one) => one.ephemeral && JSON.stringify(one.components).includes('undo-')),
    )
  }

  function now(viewer: Player, message: Message): Message {
    return seenAgain(world, viewer, message) ?? message
  }
}

interface Question {
  readonly refusal: Message
  readonly question: Message
}
