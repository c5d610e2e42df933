import { openLibrary, searchWhole } from '../../library.ts'
import { input, measured } from '../measured.js'

const opened = await openLibrary(input)
await opened.link(input.account)
await measured(async () => {
  const { library } = await searchWhole(opened.library, input.account)
  return { songs: library, held: opened }
})
