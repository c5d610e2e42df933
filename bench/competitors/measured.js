// Plain JavaScript: the peers are read by Node alone, as they come.

/** Runs the work and tells what it took. */
export async function measured(work) {
  const heapBefore = await heap()
  const before = process.memoryUsage.rss()
  const cpu = process.cpuUsage()
  const begun = performance.now()
  const { held, ...result } = await work()
  const time = performance.now() - begun
  const { user, system } = process.cpuUsage(cpu)
  const peak = process.resourceUsage().maxRSS * 1024
  const kept = (await heap()) - heapBefore
  process.send({ time, cpu: (user + system) / 1000, before, peak, kept, ...result, held: typeof held })
}

/** Measures how somebody reads one page after the other, until there are no more. */
export function measuredPages(pageAt) {
  return measured(async () => {
    const songs = []
    for (;;) {
      const page = await pageAt(songs.length)
      songs.push(...page.items)
      if (page.next === null) return { songs: songs.length, held: songs }
    }
  })
}

async function heap() {
  // What buffers held goes with the second one.
  for (let time = 0; time < 2; time += 1) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

export const input = JSON.parse(process.argv[2] ?? '{}')

/** An access token for the account of that name. */
export async function signIn({ accountsUrl, account }) {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: account })
  const answer = await fetch(`${accountsUrl}/api/token`, { method: 'POST', body })
  return (await answer.json()).access_token
}
