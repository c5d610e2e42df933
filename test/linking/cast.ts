/** Two people who want to be linked, and somebody who wants what is theirs. Everybody has one of each. */
export const cast = {
  ana: { discord: '175928847299117063', handle: 'ana', spotify: 'ana-spotify' },
  ben: { discord: '175928847299117064', handle: 'ben', spotify: 'ben-spotify' },
  mallory: { discord: '175928847299117065', handle: 'mallory', spotify: 'mallory-spotify' },
} as const

export type Name = keyof typeof cast

export const names = ['ana', 'ben', 'mallory'] as const
export const victims = ['ana', 'ben'] as const
