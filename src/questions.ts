import type { Accounts } from './accounts/accounts.ts'
import type { TemporaryRecord, TemporaryRecords } from './accounts/temporary-records.ts'
import type { Crypto } from './crypto.ts'
import type { Standing } from './errors.ts'
import type { Json, Store } from './store/store.ts'

const minute = 60 * 1000
const hour = 60 * minute

/** How many people may be asked within an hour: by one person, of one person, and in one server. */
const mostQuestions = [3, 3, 10]

/** Who asks whom to share in which server, by their Discord ids. */
export interface Question {
  readonly asker: string
  readonly person: string
  readonly server: string
  /** Of a question about the songs that both have liked: a mark of the asker's link. */
  readonly common?: string | undefined
}

/** A page, all songs in this server, or neither. */
export type QuestionAnswer = 'once' | 'here' | 'no'

/** The ephemeral message of the one who asks, by the token of their interaction, and the language that they read. */
interface AskersMessage {
  readonly token: string
  readonly locale: string
}

/** What is known of a question for an hour: until when, in milliseconds. 0.1.0 has noted nothing but `true`. */
interface NotedQuestion {
  readonly until: number
  readonly answer: 'none' | QuestionAnswer | 'undone'
}

/** The hour has had its questions, until a time in milliseconds. */
interface TooMany {
  readonly why: 'too many'
  readonly until: number
}

type QuestionPlace = Pick<TemporaryRecord, 'people' | 'key'>

/** Who has asked whom, what was answered, and who does not want to be asked. */
export type Questions = ReturnType<typeof createQuestions>

export function createQuestions(
  store: Store,
  crypto: Crypto,
  temporaryRecords: TemporaryRecords,
  accounts: Pick<Accounts, 'get'>,
  now = Date.now,
) {
  const create = ({ people, key }: QuestionPlace, value: Json): Promise<boolean> =>
    temporaryRecords.create({ people, kind: 'questions', key, ttl: hour }, value)
  const isFree = async ({ key }: QuestionPlace) => (await store.get('questions', key)) === undefined
  const refusals = (person: string): Promise<string[]> => store.members(`refused.${person}`)
  const refusalsOf = (person: string, asker: string) => crypto.hmacs(`${asker} ${person}`, 'refusals')
  const keysOf = ({ asker, person, server }: Question) => crypto.hmacs(`${asker} ${person} ${server}`, 'questions')
  const quietIn = (person: string): Promise<string[]> => store.members(`quiet.${person}`)

  return {
    standing,
    /** Notes a question to be put, or says why it may not be. Rejects with NotLinkedError for the one who asks. */
    async ask(question: Question, message: AskersMessage): Promise<'asked' | TooMany | Standing> {
      const { asker, person, server } = question
      await accounts.get(asker)
      const before = await standing(question)
      if (before) return before
      const places = [asker, person, server].map((whose, index) => placesOf(whose, index))
      const until = now() + hour
      // All are looked at before one is taken: who is turned away has lost none.
      for (const take of [isFree, (place: QuestionPlace) => create(place, until)])
        for (const some of places)
          if (!(await takeOne(some, take))) return { why: 'too many', until: await firstFree(some) }
      const [key] = keysOf(question)
      const about = { people: [asker, person], key }
      // As long as Discord lets that message be changed.
      const kept = { ...about, kind: 'askers', ttl: 15 * minute }
      await temporaryRecords.set(kept, crypto.encrypt(JSON.stringify(message), key, 'asker'))
      return (await create(about, { until, answer: 'none' })) ? 'asked' : { why: 'waiting', until }
    },
    /** Notes that it is answered, within the hour in which that matters. */
    async answer(question: Question, answer: QuestionAnswer | 'undone'): Promise<void> {
      const found = await find(question)
      if (!found) return
      const { key, until } = found
      const people = [question.asker, question.person]
      await temporaryRecords.set({ people, kind: 'questions', key, ttl: until - now() }, { until, answer })
    },
    /** What the one who asked has before them, while it can be changed. */
    async messageOf(question: Question): Promise<AskersMessage | undefined> {
      for (const key of keysOf(question)) {
        const encrypted = await store.get('askers', key)
        if (typeof encrypted === 'string') return JSON.parse(crypto.decrypt(encrypted, key, 'asker')) as AskersMessage
      }
      return undefined
    },
    /** How many people this person does not want to be asked by again. */
    refusals: async (person: string) => (await refusals(person)).length,
    refuse: (person: string, asker: string) => store.add(`refused.${person}`, refusalsOf(person, asker)[0]),
    /** Takes that back. */
    async pardon(person: string, asker: string): Promise<void> {
      for (const refusal of refusalsOf(person, asker)) await store.remove(`refused.${person}`, refusal)
    },
    /** The servers in which nobody may ask this person. */
    quietIn,
    setQuiet: (person: string, server: string, quiet: boolean): Promise<void> =>
      quiet ? store.add(`quiet.${person}`, server) : store.remove(`quiet.${person}`, server),
    /** Deletes what a person has said about being asked. */
    async forget(person: string): Promise<void> {
      for (const refusal of await refusals(person)) await store.remove(`refused.${person}`, refusal)
      for (const server of await quietIn(person)) await store.remove(`quiet.${person}`, server)
    },
  }

  /** Why this question may not be put now; undefined where it may. */
  async function standing(question: Question): Promise<Standing | undefined> {
    const { asker, person, server } = question
    const refused = await refusals(person)
    if (refusalsOf(person, asker).some((refusal) => refused.includes(refusal))) return { why: 'refused' }
    if ((await quietIn(person)).includes(server)) return { why: 'quiet' }
    const asked = await find(question)
    if (!asked) return undefined
    const { answer, until } = asked
    return {
      why: answer === 'none' ? 'waiting' : answer === 'once' ? 'shown' : answer === 'undone' ? 'undone' : 'answered',
      until,
    }
  }

  async function find(question: Question): Promise<(NotedQuestion & { readonly key: string }) | undefined> {
    for (const key of keysOf(question)) {
      const asked = (await store.get('questions', key)) as Partial<NotedQuestion> | true | undefined
      if (asked) return { until: now() + hour, answer: 'none', ...(asked !== true && asked), key }
    }
    return undefined
  }

  /** The places of a person or server within the hour. */
  function placesOf(whose: string, index: number) {
    return Array.from({ length: mostQuestions[index] ?? 0 }, (_, place) => {
      const [key] = crypto.hmacs(`${index} ${whose} ${place + 1}`, 'questions')
      return { people: index < 2 ? [whose] : [], key }
    })
  }

  /** When the first of them is free again. 0.1.0 has noted nothing but `true`. */
  async function firstFree(places: readonly QuestionPlace[]): Promise<number> {
    const noted = await Promise.all(places.map(({ key }) => store.get('questions', key)))
    return Math.min(...noted.map((until) => (typeof until === 'number' ? until : now() + hour)))
  }

  /** False where none is to be had. */
  async function takeOne(
    places: readonly QuestionPlace[],
    take: (place: QuestionPlace) => Promise<boolean>,
  ): Promise<boolean> {
    for (const place of places) if (await take(place)) return true
    return false
  }
}
