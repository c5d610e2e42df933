import { UserError } from '../errors.ts'
import type { Link } from './links.ts'
import { isSameAccount } from './same-account.ts'

/**
 * Gives a consent that holds for the Spotify account that is linked now. It reads the link before and afterwards. Code
 * that deletes the link or links another account changes the link first and ends the consents then: so either it finds
 * this one, or this one is taken back here. Rejects with NotLinkedError, and with UserError where the account is another one by then.
 */
export async function giveConsent(
  accounts: { get(person: string): Promise<Link> },
  person: string,
  { give, takeBack }: { give(): Promise<unknown>; takeBack(): Promise<unknown> },
): Promise<void> {
  const before = await accounts.get(person)
  await give()
  try {
    if (!isSameAccount(before, await accounts.get(person))) throw new UserError('connection.otherAccount')
  } catch (error) {
    await takeBack()
    throw error
  }
}
