// Beside the program, so that its memory can be asked for.
process.on('message', () => {
  globalThis.gc?.()
  process.send(process.memoryUsage())
})
process.channel?.unref()
process.on('disconnect', () => process.exit())
