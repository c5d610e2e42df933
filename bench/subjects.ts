import type { Subject } from './measure/figures.ts'
import { consent } from './subjects/consent.ts'
import { counts } from './subjects/counts.ts'
import { endpoint } from './subjects/endpoint.ts'
import { replicas } from './subjects/replicas.ts'
import { finding } from './subjects/finding.ts'
import { library } from './subjects/library.ts'
import { newSince } from './subjects/new-since.ts'
import { presses } from './subjects/presses.ts'
import { quota } from './subjects/quota.ts'
import { standing } from './subjects/standing.ts'
import { turning } from './subjects/turning.ts'

/** In the order of the report. */
export const subjects: readonly Subject[] = [
  ...[library, newSince, counts, quota, finding],
  ...[turning, presses, standing, endpoint, replicas, consent],
]
