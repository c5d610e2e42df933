import type { Subcommand } from '../../src/command.ts'
import { linkOffer } from '../../src/views/link-offer.ts'
import { withRenewal } from '../../src/views/renewal.ts'

export default {
  data: { name: 'export' },
  ephemeral: true,
  readOnly: false,

  async execute(interaction, app, t) {
    const { guildId, user } = interaction
    const { id } = user
    const [stored, sharing, reminders, refused, quiet, roundups, keptOutHere] = await Promise.all([
      app.accounts.exportData(id),
      app.sharing.servers(id),
      app.reminders.about(id),
      app.questions.refusals(id),
      app.questions.quietIn(id),
      app.roundups.about(id),
      // What a server keeps as HMACs can be looked up, and not listed.
      guildId !== null && app.roundups.isBlocked(id, guildId),
    ])
    const { takesPartIn, leaving, setUp, asked, removedFrom, saidEnded } = roundups
    const kept = [sharing, quiet, takesPartIn, leaving, setUp, asked, removedFrom, saidEnded].flat()
    const hasReminders = reminders.directMessages === 'off' || reminders.ofThisConnection !== null
    const isNothing = !stored && !keptOutHere && refused + kept.length === 0 && !hasReminders
    // Somebody about whom nothing is stored is not linked, and is told so.
    const link = isNothing ? await app.accounts.get(id) : await app.accounts.find(id)
    const libraryIndex = link ? await app.library.describeIndex(id, link) : null
    const questions = { questionsRefused: refused, noQuestionsIn: quiet }
    const others = { libraryIndex, sharing, reminders, ...questions, roundups, keptOutHere }
    const text = `${JSON.stringify({ ...stored, ...others }, undefined, 2)}\n`
    const content = t(link ? 'account.export' : 'account.export.notLinked')
    const offer = link ? {} : await linkOffer(app, interaction, t('button.link'))
    const files = [{ name: 'hearsay.json', attachment: Buffer.from(text) }]
    return withRenewal(app, interaction, { kind: 'message', ephemeral: true, content, files, ...offer })
  },
} satisfies Subcommand
