import { runFresh } from '../process.ts'
import type { Report } from '../report.ts'

/** What playlists ask of Spotify, beside the least that its API allows. */
export function playlists(): Promise<Report[]> {
  return runFresh<Report[]>('bench/competitors/playlists.ts', {})
}
