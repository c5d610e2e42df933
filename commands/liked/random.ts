import { randomSong } from '../../src/views/song-card.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: { name: 'random', options: songOptions },
  show: randomSong,
})
