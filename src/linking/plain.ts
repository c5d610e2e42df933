/** Sentences are written for the chat: its times and code marks mean nothing to a browser. */
export function stripMarkdown(sentence: string): string {
  return sentence
    .replace(
      /<t:(\d+):R>/g,
      (_, seconds: string) => `at ${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    )
    .replaceAll('`', '')
}
