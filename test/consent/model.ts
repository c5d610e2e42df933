import type { Name, Place } from './people.ts'

/** Who shares where, and whose accounts Hearsay may still show, as the people mean it. */
export interface Model {
  shares(name: Name, place: Place): boolean
  /** The places where the person shares. */
  places(name: Name): Place[]
  /** Whether roundups of the place may show the songs of that account of the person. */
  takesPart(name: Name, place: Place, account: string): boolean
  /** Whether roundups of the place may show everything of the person, and not only what 0.1.0 told. */
  showsAll(name: Name, place: Place): boolean
  /** The places in whose roundups the person takes part. */
  roundups(name: Name): Place[]
  hasLeft(name: Name, place: Place): boolean
  /** Whether the person has a link, as far as Spotify has told. */
  linked(name: Name): boolean
  /** The account that they are linked to. */
  account(name: Name): string | undefined
  /** Whether songs of the account may be shown at all: neither unlinked since nor known to have ended. */
  open(account: string): boolean
  /** The accounts that may be shown now. */
  opened(): Set<string>
  /** Whether it was Spotify that ended it, and nobody has unlinked it since. */
  hasEnded(account: string): boolean
  /** How often the person has unlinked. */
  unlinks(name: Name): number
  /** How often the person's link has become another one, or none. */
  changes(name: Name): number
  link(name: Name, account: string): void
  unlink(name: Name): void
  share(name: Name, place: Place): void
  hide(name: Name, place: Place): void
  /** `isAll`: they agree to be shown with everything; else with what 0.1.0 told, unless they are in already. */
  join(name: Name, place: Place, isAll?: boolean): void
  quit(name: Name, place: Place): void
  leave(name: Name, place: Place): void
  comeBack(name: Name, place: Place): void
  /** Spotify has told Hearsay that the consent is over. */
  end(account: string): void
}

interface Person {
  readonly places: Set<Place>
  /** The account whose songs roundups show, by place. */
  readonly joined: Map<Place, string>
  /** Where they agreed to be shown with everything. */
  readonly all: Set<Place>
  readonly left: Set<Place>
  /** Of the link, and of earlier ones that it has replaced. */
  accounts: string[]
  current: string | undefined
  unlinks: number
  changes: number
}

export function createModel(): Model {
  const person = (): Person => {
    const consents = { places: new Set<Place>(), joined: new Map<Place, string>(), all: new Set<Place>() }
    const left = new Set<Place>()
    return { ...consents, left, accounts: [], current: undefined, unlinks: 0, changes: 0 }
  }
  const ended = new Set<string>()
  const people: Readonly<Record<Name, Person>> = { ana: person(), ben: person(), cleo: person() }

  return {
    shares: (name, place) => place !== 'group' && people[name].places.has(place),
    places: (name) => [...people[name].places],
    takesPart: (name, place, account) => people[name].joined.get(place) === account,
    showsAll: (name, place) => people[name].all.has(place),
    roundups: (name) => [...people[name].joined.keys()],
    hasLeft: (name, place) => people[name].left.has(place),
    linked: (name) => people[name].current !== undefined,
    account: (name) => people[name].current,
    open: (account) => Object.values(people).some(({ accounts }) => accounts.includes(account)),
    opened: () => new Set(Object.values(people).flatMap(({ accounts }) => accounts)),
    hasEnded: (account) => ended.has(account),
    unlinks: (name) => people[name].unlinks,
    changes: (name) => people[name].changes,
    link(name, account) {
      people[name].changes += 1
      people[name].accounts.push(account)
      people[name].current = account
      // Each link is one to another account, for which nothing has been allowed yet.
      people[name].places.clear()
      people[name].joined.clear()
      people[name].all.clear()
    },
    unlink(name) {
      people[name].unlinks += 1
      people[name].changes += 1
      people[name].accounts = []
      for (const account of ended) if (account.startsWith(name)) ended.delete(account)
      people[name].current = undefined
      people[name].places.clear()
      people[name].joined.clear()
      people[name].all.clear()
    },
    share: (name, place) => void people[name].places.add(place),
    hide: (name, place) => void people[name].places.delete(place),
    join(name, place, isAll = true) {
      const { current, joined, all } = people[name]
      if (current !== undefined && isAll) all.add(place)
      if (current !== undefined && !joined.has(place)) joined.set(place, current)
    },
    quit(name, place) {
      people[name].joined.delete(place)
      people[name].all.delete(place)
    },
    leave: (name, place) => void people[name].left.add(place),
    comeBack: (name, place) => void people[name].left.delete(place),
    end(account) {
      ended.add(account)
      for (const one of Object.values(people)) {
        one.accounts = one.accounts.filter((known) => known !== account)
        if (one.current !== account) continue
        one.current = undefined
        one.changes += 1
      }
    },
  }
}
