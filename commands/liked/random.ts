import { randomSong } from '../../src/views/song-card.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: { name: 'random', description: 'One liked song, drawn from all of them', options: songOptions },
  show: randomSong,
})
