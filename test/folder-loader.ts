import { pathToFileURL } from 'node:url'
import { loadCommands } from '../src/discord/load.ts'
import { startupMessage } from '../src/error-messages.ts'

const words = /^(?:command\.(?:good|songs|songs\.(?:old|new))|option\.count)$/

// Loads each folder as Node itself does, and says the names found in it or what the operator would read.
for (const folder of process.argv.slice(2)) {
  const said = await loadCommands(pathToFileURL(`${folder}/`), (key) => (words.test(key) ? 'Songs' : '')).then(
    (commands) => [...commands.keys()].join(' '),
    (error: unknown) => startupMessage(error) ?? `unforeseen: ${String(error)}`,
  )
  console.log(JSON.stringify(said))
}
