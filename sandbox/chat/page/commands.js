/**
 * @typedef {{ name: string, description: string, type: number, required: boolean, autocomplete: boolean,
 *   choices: { name: string, value: string | number }[], min?: number, max?: number }} Option
 * @typedef {{ name: string, description: string, options: Option[] }} Command
 * @typedef {Record<string, string | number | boolean>} Values
 * @typedef {{ people: readonly { id: string, username: string, displayName: string }[],
 *   channels: readonly { id: string, name: string }[] }} Known
 * @typedef {{ command: Command, values: Values, problems: Record<string, string> }} Typed
 */

// As /help lists them; what is not named here comes last.
const order = ['link', 'liked', 'roundup', 'account', 'unlink', 'help']

export const types = { string: 3, integer: 4, boolean: 5, user: 6, channel: 7, number: 10 }

/**
 * What can be typed after the slash, as a newcomer would want to read it: subcommands count as commands of their own.
 * @param {readonly any[]} registered in Discord's shape
 * @returns {Command[]}
 */
export function flatten(registered) {
  const slash = registered.filter(({ type }) => (type ?? 1) === 1)
  const sorted = slash.toSorted((a, b) => placeOf(a.name) - placeOf(b.name))
  return sorted.flatMap((command) => leaves(command, command.name))
}

/** @param {string} name */
function placeOf(name) {
  return order.includes(name) ? order.indexOf(name) : order.length
}

/**
 * Those that go on from what has been typed, or that it names.
 * @param {Command[]} commands
 * @param {string} line with the slash
 */
export function matching(commands, line) {
  const typed = line.slice(1).replace(/\s+/g, ' ').toLowerCase()
  const named = commands.filter(({ name }) => typed.startsWith(`${name} `))
  if (named.length > 0) return named
  const begin = commands.filter(({ name }) => name.startsWith(typed))
  const within = commands.filter(({ name }) => !name.startsWith(typed) && name.includes(typed.trim()))
  return [...begin, ...within]
}

/**
 * A whole line such as "/liked recent private:true". Undefined when it names no command.
 * @param {string} line
 * @param {Command[]} commands
 * @param {Known} known
 * @returns {Typed | undefined}
 */
export function readLine(line, commands, known) {
  const text = line.trim().replace(/^\//, '').replace(/\s+/g, ' ')
  const command = commands.find(({ name }) => text === name || text.startsWith(`${name} `))
  if (!command) return undefined
  /** @type {Typed} */
  const typed = { command, values: {}, problems: {} }
  for (const [name, word] of pairs(text.slice(command.name.length), command)) {
    const option = command.options.find((one) => one.name === name)
    const value = option && readValue(option, word, known)
    if (!option) typed.problems[name] = `/${command.name} has no option called ${name || word}.`
    else if (value === undefined) typed.problems[name] = `"${word}" does not fit here.`
    else typed.values[name] = value
  }
  for (const name of missing(command, typed.values)) typed.problems[name] ??= 'This is needed.'
  return typed
}

/**
 * Names of the required options that have no value yet.
 * @param {Command} command
 * @param {Values} values
 */
export function missing(command, values) {
  return command.options.filter(({ name, required }) => required && values[name] === undefined).map(({ name }) => name)
}

/**
 * A word as the value of an option; undefined when it cannot be one.
 * @param {Option} option
 * @param {string} word
 * @param {Known} known
 * @returns {string | number | boolean | undefined}
 */
export function readValue(option, word, { people, channels }) {
  const lower = word.toLowerCase()
  const bare = lower.replace(/^[@#]/, '')
  if (option.choices.length > 0) {
    return option.choices.find(({ name, value }) => name.toLowerCase() === lower || String(value) === word)?.value
  }
  if (option.type === types.boolean) return { true: true, yes: true, false: false, no: false }[lower]
  if (option.type === types.integer) return /^-?\d{1,15}$/.test(word) ? Number(word) : undefined
  if (option.type === types.number) return word !== '' && Number.isFinite(Number(word)) ? Number(word) : undefined
  if (option.type === types.user) {
    return people.find(({ id, username, displayName }) => [id, username, displayName.toLowerCase()].includes(bare))?.id
  }
  if (option.type === types.channel) return channels.find(({ id, name }) => [id, name].includes(bare))?.id
  return word === '' ? undefined : word
}

/**
 * @param {any} command
 * @param {string} name
 * @returns {Command[]}
 */
function leaves(command, name) {
  const options = command.options ?? []
  const below = options.filter((/** @type {any} */ option) => option.type === 1 || option.type === 2)
  if (below.length > 0) return below.flatMap((/** @type {any} */ one) => leaves(one, `${name} ${one.name}`))
  return [{ name, description: command.description ?? '', options: options.map(readOption) }]
}

/**
 * @param {any} raw
 * @returns {Option}
 */
function readOption(raw) {
  const min = raw.min_value ?? raw.min_length
  const max = raw.max_value ?? raw.max_length
  return {
    name: raw.name,
    description: raw.description ?? '',
    type: raw.type,
    required: raw.required === true,
    autocomplete: raw.autocomplete === true,
    choices: raw.choices ?? [],
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  }
}

/**
 * "query:some words private:true" as names and words; a value goes on until the next option's name.
 * @param {string} text
 * @param {Command} command
 * @returns {[string, string][]}
 */
function pairs(text, command) {
  /** @type {[string, string][]} */
  const found = []
  for (const word of text.trim().split(' ').filter(Boolean)) {
    const [, name = '', rest = ''] = /^([\w-]+):(.*)$/.exec(word) ?? []
    const last = found.at(-1)
    if (name && (command.options.some((option) => option.name === name) || !last)) found.push([name, rest])
    else if (last) last[1] = `${last[1]} ${word}`.trim()
    else found.push(['', word])
  }
  return found
}
