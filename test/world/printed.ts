const programs = new Set<() => string>()

/** Remembers a program of this test file, so that a failure can say what it had printed by then. */
export function notePrinted(output: () => string): void {
  programs.add(output)
}

export function forgetPrinted(): void {
  programs.clear()
}

export function allPrinted(): string {
  const outputs = [...programs].map((output, index) => `Program ${index + 1}:\n${output().trimEnd() || '(nothing)'}`)
  return outputs.length > 0 ? `Printed so far:\n${outputs.join('\n')}` : 'No program has been started.'
}
