import { input, measured } from '../measured.js'
import { openRooms } from '../rooms.ts'
import { wholeLibrary } from '../whole-library.ts'

const rooms = await openRooms(input)
await rooms.link(input.account)
await measured(async () => ({ songs: (await wholeLibrary(rooms.library, input.account)).library }))
