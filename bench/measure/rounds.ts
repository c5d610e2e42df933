/** What each contestant came to, round by round, by its name. */
export type Results<Name extends string, Result> = Record<Name, Result[]>

/** One after the other, and again: whatever else the machine does meanwhile meets all of them alike. */
export async function inTurns<Name extends string, Result>(
  rounds: number,
  contestants: Record<Name, () => Promise<Result>>,
): Promise<Results<Name, Result>> {
  const names = Object.keys(contestants) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Results<Name, Result>
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results[name].push(await contestants[name]())
  }
  return results
}
