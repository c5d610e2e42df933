import type { Clock } from '../../sandbox/clock.ts'
import { account } from './account.ts'
import { languages } from './languages.ts'
import { linkPages } from './link-pages.ts'
import { linking } from './linking.ts'
import { lists } from './lists.ts'
import { renewing, roundups } from './roundups.ts'
import { saving } from './saving.ts'
import { sharing } from './sharing.ts'
import type { Part } from './stage.ts'
import { budget, trouble } from './trouble.ts'
import { waiting } from './waiting.ts'

/** All of the sheet. What moves the clock comes last, because it only goes forward. */
export function partsOf(clock: Clock): Part[] {
  return [
    { title: 'Linking', play: linking },
    { title: 'Lists', play: lists },
    { title: 'Saving', play: saving },
    { title: 'Sharing', play: sharing },
    { title: 'Account', play: account },
    { title: 'Waiting', hurried: true, play: waiting },
    { title: 'Trouble', play: trouble },
    { title: 'Budget', settings: { SPOTIFY_DAILY_REQUESTS: '12' }, play: budget },
    { title: 'Pages', play: linkPages },
    { title: 'Languages', play: languages },
    { title: 'Roundups', play: (stage) => roundups(stage, clock) },
    { title: 'Renewing', play: (stage) => renewing(stage, clock) },
  ]
}
