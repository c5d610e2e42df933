import { measured } from '../measured.js'

await measured(async () => ({ songs: 0, held: {} }))
