import { runFresh } from '../process.ts'
import type { Report } from '../report.ts'

/** What lists of one's own songs and saving ask of Spotify, beside the least that its API allows. */
export function lists(): Promise<Report[]> {
  return runFresh<Report[]>('bench/competitors/lists.ts', {})
}
