import type { Subject } from './measure/figures.ts'
import { library } from './subjects/library.ts'
import { newSince } from './subjects/new-since.ts'
import { counts } from './subjects/counts.ts'
import { presses } from './subjects/presses.ts'
import { standing } from './subjects/standing.ts'
import { turning } from './subjects/turning.ts'

/** In the order of the report. */
export const subjects: readonly Subject[] = [library, newSince, counts, turning, presses, standing]
