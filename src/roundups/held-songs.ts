import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** People's songs in memory until it is known which of them may be stored: about 10 kB for 200 songs. */
export function createHeldSongs<Songs>() {
  const held = new Map<string, Buffer>()

  return {
    set(person: string, songs: Songs): void {
      held.set(person, deflateRawSync(JSON.stringify(songs)))
    },
    /** Undefined where none are held; holds them no longer. */
    take(person: string): Songs | undefined {
      const bytes = held.get(person)
      held.delete(person)
      return bytes && (JSON.parse(inflateRawSync(bytes).toString()) as Songs)
    },
  }
}
