import type { z } from 'zod'
import { Refusal } from '../refusal.ts'

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly code: string
  readonly message: string
}

/** The value as Discord takes it, or a refusal 50035 whose `errors` tree names every fault by its place. */
export function checked<S extends z.ZodType>(schema: S, value: unknown, at: readonly string[] = []): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  throw invalidForm(result.error.issues.flatMap(faultsOf).map((fault) => ({ ...fault, path: [...at, ...fault.path] })))
}

export function invalidForm(faults: readonly Fault[]): Refusal {
  const errors: Record<PropertyKey, unknown> = {}
  for (const { path, code, message } of faults) {
    let node = errors
    for (const key of path) node = (node[key] ??= {}) as Record<PropertyKey, unknown>
    const list = (node['_errors'] ??= []) as unknown[]
    list.push({ code, message })
  }
  return new Refusal(400, 50035, 'Invalid Form Body', errors)
}

/** For `refine` and `addIssue`: Discord's own code next to its sentence. */
export const because = (code: string, message: string) => ({ message, params: { code } })

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const at = (code: string, message: string): Fault[] => [{ path: issue.path, code, message }]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], code: 'UNKNOWN_FIELD', message: 'Unknown field.' }))
    case 'too_big':
      return tooBig(issue)
    case 'too_small':
      return tooSmall(issue)
    case 'invalid_value':
      return at('BASE_TYPE_CHOICES', `Value must be one of {${issue.values.map(String).join(', ')}}.`)
    case 'invalid_union':
      return at('UNION_TYPE_CHOICES', 'Value is of no known type in this place.')
    case 'custom':
      return at(String(issue.params?.['code'] ?? 'BASE_TYPE_INVALID'), issue.message)
    case 'invalid_type':
      if (issue.input === undefined || issue.input === null) return at('BASE_TYPE_REQUIRED', 'This field is required')
      return at('BASE_TYPE_BAD_TYPE', `Could not interpret this value as ${issue.expected}.`)
    default:
      return at('STRING_TYPE_REGEX', 'String value did not match validation regex.')
  }
}

function tooBig({ path, origin, maximum }: z.core.$ZodIssueTooBig): Fault[] {
  if (origin === 'string' || origin === 'array') {
    return [{ path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${maximum} or fewer in length.` }]
  }
  return [{ path, code: 'NUMBER_TYPE_MAX', message: `Value should be less than or equal to ${maximum}.` }]
}

function tooSmall({ path, origin, minimum, input }: z.core.$ZodIssueTooSmall): Fault[] {
  if (input === '') return [{ path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }]
  if (origin === 'string' || origin === 'array') {
    return [{ path, code: 'BASE_TYPE_MIN_LENGTH', message: `Must be ${minimum} or more in length.` }]
  }
  return [{ path, code: 'NUMBER_TYPE_MIN', message: `Value should be greater than or equal to ${minimum}.` }]
}
