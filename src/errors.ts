/**
 * A failure written for a person: its message is one or two sentences, what happened and what to do,
 * and may be shown as it is. Anything else that is thrown is a fault of the program.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
}
