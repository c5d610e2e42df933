import type { Subcommand } from '../../src/command.ts'
import { withRenewal } from '../../src/views/renewal.ts'
import { randomSong } from '../../src/views/song-messages.ts'
import { contextOf, isEphemeral, memberOption, privateOption } from '../../src/views/song-options.ts'

export default {
  data: {
    name: 'random',
    description: 'One liked song, drawn from all of them',
    options: [memberOption, privateOption],
  },

  ephemeral: isEphemeral,
  readOnly: true,

  async execute(interaction, app) {
    return withRenewal(app, interaction, await randomSong(app, contextOf(interaction)))
  },
} satisfies Subcommand
