import { input, measured } from '../measured.js'
import { openRooms } from '../rooms.ts'
import { wholeLibrary } from '../whole-library.ts'

const rooms = await openRooms(input)
await rooms.link(input.account)
await measured(async () => {
  const { library } = await wholeLibrary(rooms.library, input.account)
  return { songs: library, held: rooms }
})
