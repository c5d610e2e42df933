/** What one check found, for one line. */
export interface Finding {
  /** "note" is for knowing, or for doing by hand; only "wrong" lets the doctor end with 1. */
  readonly verdict: 'ok' | 'note' | 'wrong'
  /** What was looked at. */
  readonly about: string
  /** Whole sentences, without a secret; where something is wrong, with what to do. */
  readonly says: string
}

export function ok(about: string, says: string): Finding {
  return { verdict: 'ok', about, says }
}

export function note(about: string, says: string): Finding {
  return { verdict: 'note', about, says }
}

export function wrong(about: string, says: string): Finding {
  return { verdict: 'wrong', about, says }
}

export function lineOf({ verdict, about, says }: Finding): string {
  return `${verdict.padEnd(6)}${about}: ${says}`
}
