import { atMost, exactly, median, type Subject } from '../measure/figures.ts'
import { startOurs } from '../measure/process.ts'
import { startSpotify } from '../measure/spotify.ts'

const delay = 60
const members = 500
const rounds = 3

/** What the members of a server have saved lately. */
export const newSince: Subject = {
  name: 'new-since',
  async run() {
    const spotify = await startSpotify()
    const times: number[] = []
    const requests: number[] = []
    const missed: number[] = []
    const plain: number[] = []
    const round = async (way: 'plain' | 'ours') => {
      const running = startOurs('bench/contestants/new-since.ts', { args: [JSON.stringify(spotify), way] })
      await running.ask()
      await spotify.order({ order: 'settings', delay })
      const { time, missing } = await running.ask<{ time: number; missing: number }>({})
      const { pages } = await spotify.order({ order: 'settings', delay: 0 })
      await running.stop()
      return { seconds: time / 1000, missing, pages }
    }
    try {
      plain.push((await round('plain')).seconds)
      for (let turn = 0; turn < rounds; turn += 1) {
        const { seconds, missing, pages } = await round('ours')
        times.push(seconds)
        missed.push(missing)
        requests.push(pages)
      }
    } finally {
      await spotify.stop()
    }
    const bound = (Math.ceil(members / 8) * delay) / 1000
    return [
      {
        title: `New since a week ago, ${members} members of 2,000 songs, a Spotify that answers after ${delay} ms`,
        lines: [
          { name: 'one member after the other', unit: 's', values: plain },
          { name: 'Hearsay', unit: 's', values: times },
        ],
        checks: [
          exactly('requests', requests, members),
          exactly('members missing', missed, 0),
          atMost(`of the bound, ${bound} s for eight at a time`, median(times) / bound, 1.15),
        ],
      },
    ]
  },
}
