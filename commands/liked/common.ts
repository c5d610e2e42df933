import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
import { commonSongs } from '../../src/views/common-list.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: {
    name: 'common',
    options: [
      { type: Type.User, name: 'member', required: true },
      ...songOptions.filter(({ name }) => name !== 'member'),
    ],
  },

  async show(app, context) {
    const { viewer, owner, server } = context.request
    if (owner === viewer) throw new UserError('common.self')
    const request = { ...context.request, isCommon: true }
    return commonSongs(app, { ...context, request }, { viewer, owner: viewer, server, ownerName: '' })
  },
})
