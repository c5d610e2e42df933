/** An answer of Discord that says no, with its own code (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json). */
export class Refusal extends Error {
  readonly status: number
  readonly code: number
  readonly errors: unknown

  constructor(status: number, code: number, message: string, errors?: unknown) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.errors = errors
  }

  body() {
    return { message: this.message, code: this.code, ...(this.errors !== undefined && { errors: this.errors }) }
  }
}

const forbidden: readonly number[] = [50001, 50007, 50013, 50278]

export const unauthorized = () => new Refusal(401, 0, '401: Unauthorized')
export const unknownChannel = () => new Refusal(404, 10003, 'Unknown Channel')
export const unknownGuild = () => new Refusal(404, 10004, 'Unknown Guild')
export const unknownMember = () => new Refusal(404, 10007, 'Unknown Member')
export const unknownUser = () => new Refusal(404, 10013, 'Unknown User')
export const unknownMessage = () => new Refusal(404, 10008, 'Unknown Message')
export const unknownWebhook = () => new Refusal(404, 10015, 'Unknown Webhook')
export const unknownInteraction = () => new Refusal(404, 10062, 'Unknown interaction')
export const alreadyAcknowledged = () => new Refusal(400, 40060, 'Interaction has already been acknowledged.')
export const missingAccess = () => new Refusal(403, 50001, 'Missing Access')
export const archivedThread = () => new Refusal(400, 50083, 'Tried to perform an operation on an archived thread')
export const lockedThread = () => new Refusal(400, 160005, 'Thread is locked')
/** A post as it is, or a person, with a code of the test's choice. */
export const refusedMessage = (code: number) => new Refusal(forbidden.includes(code) ? 403 : 400, code, 'Refused')
export const emptyMessage = () => new Refusal(400, 50006, 'Cannot send an empty message')
export const missingPermissions = () => new Refusal(403, 50013, 'Missing Permissions')
export const invalidWebhookToken = () => new Refusal(401, 50027, 'Invalid Webhook Token')
