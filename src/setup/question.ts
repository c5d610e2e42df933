import type { Config } from '../config.ts'
import { lineOf, wrong, type Finding } from '../doctor/finding.ts'
import { StartupError } from '../errors.ts'
import type { Changes } from './env-file.ts'
import { flawsIn, type SetupSettings } from './settings.ts'
import type { Terminal } from './terminal.ts'

/** What is wrong is set where only the operator can change it. */
class FixedSettingError extends StartupError {}

/** One setting to ask for. */
export interface SettingQuestion {
  readonly name: string
  readonly prompt: string
  /** Neither echoed nor shown as what is set. */
  readonly isSecret?: boolean
  readonly isOptional?: boolean
  readonly suggested?: () => string
  /** Without what people paste with it. */
  readonly clean?: (value: string) => string
  /** Tries it where it is used: what came of it, where there is something to say, and what else is set with it. */
  readonly check?: (config: Config) => Promise<Trial>
  /** It may become right later, so it is taken when it is given again. */
  readonly mayWait?: boolean
  /** May be what was refused, so it is asked for again as well. */
  readonly beside?: SettingQuestion
}

interface Trial {
  readonly finding?: Finding | undefined
  readonly also?: Changes
  /** It is the setting beside it that is refused. */
  readonly isBesideRefused?: boolean
}

/** Asks until there is an answer that nobody refuses, and saves it. Throws FixedSettingError where .env cannot help. */
export async function settle(question: SettingQuestion, settings: SetupSettings, terminal: Terminal): Promise<void> {
  const { name, isOptional, mayWait, beside } = question
  const isFixed = settings.isAround(name)
  let refused: { readonly value: string; readonly also?: Changes | undefined } | undefined
  for (;;) {
    const kept = (mayWait && refused?.value) || settings.valueOf(name)
    const given = isFixed ? '' : await terminal.ask(promptOf(question, kept), question.isSecret)
    if (isOptional && given === '-') return settings.save({ [name]: undefined })
    const value = bare(given, question) || kept || (question.suggested?.() ?? '')
    if (value === '' && isOptional) return
    const own = isFixed ? {} : { [name]: value }
    if (mayWait && value === refused?.value) return settings.save({ ...own, ...refused.also })
    const { finding, also, isBesideRefused } = await tried(own)
    if (finding) terminal.say(lineOf(finding))
    if (finding?.verdict !== 'wrong') return settings.save({ ...own, ...also })
    if (isFixed && mayWait) return
    if (isFixed) throw new FixedSettingError(`${name} ${finding.unanswered ? untried : elsewhere}`)
    if (finding.about === 'Settings') continue
    refused = { value, also }
    if (finding.unanswered) settings.save({ ...own, ...also })
    else if (beside) {
      if (isBesideRefused && !settings.isAround(beside.name)) settings.save({ [beside.name]: undefined })
      await settle(beside, settings, terminal)
    }
    if (mayWait) terminal.say('Enter takes it all the same.')
  }

  async function tried(own: Changes): Promise<Trial> {
    const flaws = flawsIn(() => settings.configWith(own))
    if (flaws.length > 0) return { finding: wrong('Settings', flaws.join(' ')) }
    // Discord shows a token once. What is replaced may be the better one.
    if (question.isSecret && settings.valueOf(name) === '') settings.hold(own)
    const trial = await question.check?.(settings.configWith(own))
    settings.hold({})
    return trial ?? {}
  }
}

const elsewhere =
  'is set in the environment of this process, which .env cannot change. Mend it there, and run this again.'

const untried =
  'is set in the environment of this process, and nobody could be asked about it. Run this again once that is mended.'

/** Without what is around a value in such a file. */
function bare(text: string, { name, clean = (value) => value }: SettingQuestion): string {
  const value = text.replace(new RegExp(`^(?:export +)?${name} *= *`), '')
  return clean(value.replace(/^(["'`])(.*)\1$/s, '$2').trim())
}

function promptOf({ prompt, isSecret, isOptional, suggested }: SettingQuestion, kept: string): string {
  const shown = isSecret ? '' : kept || suggested?.()
  const hints = [
    isSecret && 'hidden',
    isSecret && kept && 'Enter keeps the one that is set',
    shown && `Enter: ${shown}`,
    isOptional && (shown ? '- removes it' : 'Enter leaves it out'),
  ].filter(Boolean)
  return `${prompt}${hints.length > 0 ? ` (${hints.join('; ')})` : ''}: `
}
