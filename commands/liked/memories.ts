import { memoriesOfToday } from '../../src/views/song-messages.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: { name: 'memories', options: songOptions },
  show: memoriesOfToday,
})
